"""Does a version do beside its answers what the original did not, or leave undone what it did?

Equal answers say nothing of that: a list that is kept and returned again is right until somebody
changes it. So both versions are asked whether an answer holds one object twice, one that was
returned before, or one of the arguments; how they leave their arguments when they raise; what
they print; and what is in the variables of the module afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from successor.sandbox import Call, Returned, Value
from successor.sandbox.texts import shown
from successor.subjects.program.agreement import Answer, same
from successor.subjects.program.bench import Bench, Programs
from successor.subjects.program.grading import Files
from successor.subjects.program.origin import spelled
from successor.subjects.program.questions import EDGES, TESTS, Questions
from successor.subjects.program.timing import distinct

EACH = 48
"""Calls of every kind: small ones, as what is shared does not depend on the size."""
PATIENCE_S = 5.0


def entangled(
    programs: Programs,
    bench: Bench,
    questions: Questions,
    mine: Files,
    theirs: Files,
    *,
    mends: bool = False,
) -> str:
    """The first call after which a version shares what the other does not, in a line; or "".

    Args:
        mends: whether the other's sharing of arguments may be the bug, so that less of it will do.
    """
    calls = _calls(questions)
    before, after = (
        bench.ask(programs.sharing(files), calls, PATIENCE_S) if calls else ()
        for files in (theirs, mine)
    )
    for call, old, new in zip(calls, before, after, strict=True):
        spared = cast("list[Value]", [[*call.args], {**call.kwargs}]) if mends else None
        if why := _difference(old, new, spared):
            return f"{programs.target.entry}{spelled(call)} {why}"
    return ""


def _calls(questions: Questions) -> Sequence[Call]:
    known = questions.slices(accuracy=False, speed=False)
    rare = [each.call for name in (TESTS, EDGES) if name in known
            for each in questions.draw(name, EACH, "sharing")]  # fmt: skip
    return distinct([*rare, *questions.calls("sharing", questions.sizes[0], EACH)], 3 * EACH)


def _difference(old: Answer, new: Answer, spared: list[Value] | None) -> str:
    """In a line.

    Args:
        spared: the arguments as they were given, where to leave them so, and to share less of them,
            is right too.
    """
    match old, new:
        case (
            Returned(value=("returned", dict(was_left), *before)),
            Returned(value=("returned", dict(left), *after)),
        ):
            if why := _left_otherwise(was_left, left):
                return why
            (was_twice, was_kept, was_given), (twice, kept, given) = before, after
        case (
            Returned(value=("raised", dict(was_left), *before)),
            Returned(value=("raised", dict(left), *after)),
        ):
            as_before = any(
                same(each, [*after], 1e-9) for each in ([*before], spared) if each is not None
            )
            why = "" if as_before else "leaves its arguments otherwise when it raises"
            return why or _left_otherwise(was_left, left)
        case _:
            return ""
    if kept and not was_kept:
        return "returns an object that it has returned before, so that a caller can change it"
    if twice and not was_twice:
        return "returns an object twice in one answer, which it did not"
    less = spared is not None and isinstance(given, list) and isinstance(was_given, list) and all(
        each in was_given for each in given
    )  # fmt: skip
    same_or_less = less or given == was_given
    return "" if same_or_less else "shares other objects with its arguments than it did"


def _left_otherwise(before: Mapping[Value, Value], after: Mapping[Value, Value]) -> str:
    """What is otherwise in what was printed, or in a variable that both versions have."""
    for name, was in before.items():
        if name in after and after[name] != was:
            where = f"the variable {name}" if name else "what it prints"
            return f"leaves {where} otherwise: {shown(after[name])[:60]}, not {shown(was)[:60]}"
    return ""
