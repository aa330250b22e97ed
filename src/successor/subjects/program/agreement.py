"""Do two answers agree? Typed, so that 1, 1.0 and True differ; decided in our own process."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from successor.sandbox import Opaque, Outcome, Raised, Returned, Value
from successor.sandbox.texts import shown


@dataclass(frozen=True)
class Failed:
    """No answer: the call ended the process, or took too long or too much."""

    status: str
    detail: str = ""


Answer: TypeAlias = Outcome | Failed

MARK = "<and arguments>"
"""Stands before a result whose call could have changed its arguments."""
_RAN_OUT = {"builtins.RecursionError", "builtins.MemoryError", "RecursionError", "MemoryError"}


def answered(answer: Answer) -> bool:
    """Whether there is something to preserve.

    Where a program runs out of stack, memory or time, a better one may well have an answer.
    """
    return not isinstance(answer, Failed) and not (
        isinstance(answer, Raised) and answer.kind in _RAN_OUT
    )


def agrees(expected: Answer, got: Answer, tolerance: float) -> bool:
    """Whether an answer is as expected: the same value, or an exception of the same type.

    An object that is no plain data agrees with nothing: of two only the classes could be compared.

    Args:
        tolerance: largest relative difference between two floats.
    """
    match expected, got:
        case Returned(value=mine), Returned(value=theirs):
            return same(mine, theirs, tolerance)
        case Raised(kind=mine), Raised(kind=theirs):
            return mine == theirs
        case _:
            return False


def same(expected: Value, got: Value, tolerance: float) -> bool:  # noqa: PLR0911 - a line for each type
    """Whether two values are of one type all the way down, and equal; NaN equals NaN."""
    if type(expected) is not type(got):
        return False
    match expected, got:
        case float(), float():
            return _near(expected, got, tolerance)
        case complex(), complex():
            return _near(expected.real, got.real, tolerance) and _near(
                expected.imag, got.imag, tolerance
            )
        case ((list() | tuple()), (list() | tuple())):
            return len(expected) == len(got) and all(
                same(mine, theirs, tolerance) for mine, theirs in zip(expected, got, strict=True)
            )
        case dict(), dict():
            return _same_tables(expected, got, tolerance)
        case ((set() | frozenset()), (set() | frozenset())):
            return {(type(each), each) for each in expected} == {(type(each), each) for each in got}
        case _:
            return expected == got


def _near(expected: float, got: float, tolerance: float) -> bool:
    if expected == got:
        return True
    if math.isnan(expected) or math.isnan(got):
        return math.isnan(expected) and math.isnan(got)
    if math.isinf(expected) or math.isinf(got):
        return False
    return abs(expected - got) <= tolerance * max(abs(expected), abs(got))


def _same_tables(expected: dict[Value, Value], got: dict[Value, Value], tolerance: float) -> bool:
    """Keys are typed too, and in the same order: whoever goes through a dict sees it."""
    return len(expected) == len(got) and all(
        type(mine) is type(theirs) and mine == theirs and same(value, other, tolerance)
        for (mine, value), (theirs, other) in zip(expected.items(), got.items(), strict=True)
    )


def told(answer: Answer, most: int = 60) -> str:
    """An answer as people read it, on one line of printable characters."""
    match answer:
        case Returned(value=value):
            text = shown(result(value))
        case Raised(kind=kind, message=message):
            text = f"{kind.removeprefix('builtins.')}: {message}"
        case Opaque(kind=kind):
            text = f"a {kind}"
        case Failed(status=status, detail=detail):
            text = f"no answer ({status}{': ' if detail else ''}{detail})"
    return shortened(text, most)


def told_apart(mine: Answer, theirs: Answer) -> tuple[str, str]:
    """Two answers that differ; what became of the arguments, where no more than that does."""
    one, other = told(mine), told(theirs)
    if one != other:
        return one, other
    return f"{one}{_left(mine)}", f"{other}{_left(theirs)}"


def _left(answer: Answer) -> str:
    """What became of the arguments, if they could be changed."""
    match answer:
        case Returned(value=(str(mark), _, [*given], dict(named))) if mark == MARK:
            return f" and leaves {shortened(shown((*given, *named.values())))}"
        case _:
            return ""


def result(value: Value) -> Value:
    """What the function returned, without what became of its arguments."""
    match value:
        case (str(mark), returned, _, _) if mark == MARK:
            return returned
        case _:
            return value


def shortened(text: str, most: int = 60) -> str:
    """Text from a program, safe to show."""
    line = "".join(each if each.isprintable() else " " for each in text[: 4 * most])
    return line if len(line) <= most else f"{line[: most - 1]}…"
