"""Does a version share objects where the original did not?

Equal answers say nothing of that: a list that is kept and returned again is right until somebody
changes it. So both versions are asked whether an answer holds one object twice, one that was
returned before, or one of the arguments; and how they leave their arguments when they raise.
"""

from __future__ import annotations

from collections.abc import Sequence

from successor.sandbox import Call, Returned
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
    programs: Programs, bench: Bench, questions: Questions, mine: Files, theirs: Files
) -> str:
    """The first call after which a version shares what the other does not, in a line; or ""."""
    calls = _calls(questions)
    before, after = (
        bench.ask(programs.sharing(files), calls, PATIENCE_S) if calls else ()
        for files in (theirs, mine)
    )
    for call, old, new in zip(calls, before, after, strict=True):
        if why := _difference(old, new):
            return f"{programs.target.entry}{spelled(call)} {why}"
    return ""


def _calls(questions: Questions) -> Sequence[Call]:
    known = questions.slices(accuracy=False, speed=False)
    rare = [each.call for name in (TESTS, EDGES) if name in known
            for each in questions.draw(name, EACH, "sharing")]  # fmt: skip
    return distinct([*rare, *questions.calls("sharing", questions.sizes[0], EACH)], 3 * EACH)


def _difference(old: Answer, new: Answer) -> str:
    match old, new:
        case Returned(value=("returned", *before)), Returned(value=("returned", *after)):
            (was_twice, was_kept, was_given), (twice, kept, given) = before, after
        case Returned(value=("raised", *before)), Returned(value=("raised", *after)):
            left = same([*before], [*after], 1e-9)
            return "" if left else "leaves its arguments otherwise when it raises"
        case _:
            return ""
    if kept and not was_kept:
        return "returns an object that it has returned before, so that a caller can change it"
    if twice and not was_twice:
        return "returns an object twice in one answer, which it did not"
    return "" if given == was_given else "shares other objects with its arguments than it did"
