"""Questions about what is written in a version and not in its predecessor.

Fresh inputs hardly ever meet a branch that is taken for one number in a million. But the number
has to be written somewhere: so each new one is asked, and those next to it, in every argument of
its type. What a program works out only as it runs is beyond this.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from types import CodeType

from successor.sandbox import Call, Value
from successor.subjects.program import syntax
from successor.subjects.program.questions import Questions

MOST = 24
"""New numbers and texts that are asked about."""
_LARGEST = 1 << 70
_LENGTHS, _LONGEST = 2, 1 << 17
"""New numbers that are taken for lengths, and the longest of them."""
_SAME = (int, float, str, bytes)


def calls(questions: Questions, mine: str, theirs: str, seed: str) -> list[Call]:
    """One for each place of each new constant, beside other arguments as they are drawn, and one
    of each length that a new whole number may stand for, and of a length beyond all sizes.
    """
    known = {(type(each), each) for each in constants(theirs)}
    new = [each for each in constants(mine) if (type(each), each) not in known][:MOST]
    if questions.origin.contract is None:
        return []
    return [*_with(new, questions, seed), *_as_long(new, questions, seed)]


def _as_long(new: list[Value], questions: Questions, seed: str) -> Iterator[Call]:
    contract = questions.origin.contract
    if questions.beyond and contract is not None:
        written = {each + 1 for each in new if isinstance(each, int)}
        longer = sorted(each for each in written if questions.sizes[-1] < each <= _LONGEST)
        for length in [*longer[:_LENGTHS], questions.beyond]:
            yield contract.draw_long(Random(f"{seed}/long/{length}"), length)


def _with(new: list[Value], questions: Questions, seed: str) -> list[Call]:
    if not new:
        return []
    near = dict.fromkeys(
        (type(value), value)
        for each in new
        for value in _near(each)
        if not isinstance(value, int) or abs(value) <= _LARGEST
    )
    bases = questions.calls(f"written/{seed}", questions.sizes[0], 2)
    asked = sorted((value for _, value in near), key=_effort)
    return [call for value in asked for base in bases for call in _put(base, value)]


def constants(source: str) -> Iterator[Value]:
    """Numbers and short text in a program, those included that Python works out beforehand."""
    yield from syntax.literals(source)
    waiting: list[CodeType] = [compile(source, "<version>", "exec", dont_inherit=True)]
    while waiting:
        for each in waiting.pop().co_consts:
            if isinstance(each, CodeType):
                waiting.append(each)
            elif type(each) in _SAME and (type(each) is not str or len(each) < syntax.LONGEST_TEXT):
                yield each


def _effort(value: Value) -> float:
    """What the original may have no time for comes last: once it has had none, no more is asked."""
    return float(min(abs(value), _LARGEST)) if isinstance(value, int) else 0.0


def _near(value: Value) -> Iterator[Value]:
    if type(value) is int:
        yield from (value, -value, value - 1, value + 1)
    else:
        yield value


def _put(base: Call, value: Value) -> Iterator[Call]:
    """The call with that value in one place where one of its type is, be it in a list."""
    for place, given in enumerate(base.args):
        before, after = base.args[:place], base.args[place + 1 :]
        if type(given) is type(value):
            yield Call((*before, value, *after), base.kwargs)
        elif isinstance(given, list) and given and type(given[0]) is type(value):
            yield Call((*before, [value, *given[1:]], *after), base.kwargs)
    for name, given in base.kwargs.items():
        if type(given) is type(value):
            yield Call(base.args, {**base.kwargs, name: value})
