"""Counterexamples made smaller: what still shows the difference, with less in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from successor.sandbox import Call, Value
from successor.sandbox.texts import shown

Fails = Callable[[Sequence[Call]], Sequence[bool]]
ROUNDS, WIDTH = 6, 24
"""Rounds of trying, and smaller calls tried in each."""
LARGE = 20_000
"""Characters of a call of which only the two halves are tried: each takes long."""


def shrunk(call: Call, fails: Fails) -> Call:
    """The smallest call found that still fails; the call itself when none is."""
    for _ in range(ROUNDS):
        smaller = list(islice(_smaller_calls(call), 2 if weight(call) > LARGE else WIDTH))
        verdicts = fails(smaller) if smaller else ()
        found = [each for each, failing in zip(smaller, verdicts, strict=True) if failing]
        if not found:
            return call
        call = min(found, key=weight)
    return call


def weight(call: Call) -> int:
    """How much there is to read."""
    return sum(len(shown(each)) for each in (*call.args, *call.kwargs.values()))


def _smaller_calls(call: Call) -> Iterator[Call]:
    for place, value in enumerate(call.args):
        for less in _smaller(value):
            yield Call((*call.args[:place], less, *call.args[place + 1 :]), call.kwargs)


def _smaller(value: Value) -> Iterator[Value]:
    match value:
        case bool() | None:
            return
        case int():
            near = [0, value // 2, value - 1 if value > 0 else value + 1]
            yield from (each for each in dict.fromkeys(near) if abs(each) < abs(value))
        case float():
            near = [0.0, 1.0, float(round(value))] if abs(value) < 1e15 else [0.0, 1.0]
            yield from (each for each in near if len(repr(each)) < len(repr(value)))
        case str() | bytes() | list() | tuple():
            yield from _shorter(value)
        case _:
            return


def _shorter(value: str | bytes | list[Value] | tuple[Value, ...]) -> Iterator[Value]:
    half = len(value) // 2
    if half:
        yield value[:half]
        yield value[half:]
    if value:
        yield value[1:]
        yield value[:-1]
    if isinstance(value, list):
        for place, each in enumerate(value[:4]):
            yield from ([*value[:place], less, *value[place + 1 :]] for less in _smaller(each))
