"""A repair for people: what fails, where it is suspected, what changes, and what is in doubt."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from successor.sandbox import Call, Raised, Returned
from successor.sandbox.texts import shown
from successor.subjects.program import syntax
from successor.subjects.program.agreement import Answer, agrees, answered, result, told
from successor.subjects.program.beside import Verdict, try_tests
from successor.subjects.program.grading import Files
from successor.subjects.program.ground import Ground
from successor.subjects.program.origin import spelled
from successor.subjects.program.repair import Suspect
from successor.subjects.program.shrink import shrunk
from successor.subjects.program.timing import distinct

EACH, MOST = 64, 256
"""Fresh calls of each size, and calls of tests, on which two versions are compared for doubts."""
UNTOLD = 0.01
"""Suspicion of every line where the tests tell of none."""
LONGEST = 400
"""Characters of a call that is worth a test of its own."""


@dataclass(frozen=True)
class Diagnosis:
    """How the tests end on a version, and which lines are suspected."""

    ran: int
    failing: tuple[Verdict, ...]
    suspects: tuple[Suspect, ...]


@dataclass(frozen=True)
class Changed:
    """A call to which two versions answer otherwise."""

    call: Call
    before: Answer
    after: Answer
    tested: bool
    """Whether a test makes it."""


@dataclass(frozen=True)
class Comparison:
    """Two versions beside each other on fresh inputs."""

    asked: int
    held: int
    """Of those, the ones on which the tests say that the original is right."""
    changed: tuple[Changed, ...]


def diagnose(ground: Ground, files: Files) -> Diagnosis:
    """Run the tests on a version and follow the lines that their calls run."""
    trial = try_tests(ground.tests, ground.target, files, ground.bench, None)
    if isinstance(trial, str) or ground.repair is None:
        return Diagnosis(0, ground.failing(files), ())
    failing = tuple(each for each in trial.verdicts if each.outcome == "failed")
    suspects = ground.repair.suspects(files, trial)
    if failing and not suspects:  # their calls could not be followed: it may be any line
        node = syntax.find(ast.parse(files[ground.target.path]), ground.target.entry)
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1) if node else ()
        suspects = tuple(Suspect(line, UNTOLD) for line in lines)
    return Diagnosis(trial.ran, failing, suspects)


def complaints(ground: Ground, files: Files) -> tuple[str, ...]:
    """Tests that fail on a version, a line each, with the last call that each made and what came of
    it: an assertion alone names what may be defined elsewhere, and not what it got.
    """
    trial = try_tests(ground.tests, ground.target, files, ground.bench, None)
    if isinstance(trial, str):
        return tuple(f"{each.test} fails: {each.why}" for each in ground.failing(files))
    made = [(test, calls) for test, calls in trial.made() if test.outcome == "failed"]
    last = [calls[-1] for _, calls in made if calls]
    answers = iter(ground.bench.ask(ground.grader.program(files), last) if last else ())
    lines = list[str]()
    for test, calls in made:
        got = (
            f"; {ground.target.entry}{spelled(calls[-1])} gives {told(next(answers))}"
            if calls
            else ""
        )
        lines.append(f"{test.test} fails: {test.why}{got}")
    return tuple(lines)


def compare(ground: Ground, before: Files, after: Files, seed: str) -> Comparison:
    """What becomes of the answers to calls of tests and to fresh ones."""
    questions, trial = ground.questions, ground.questions.origin.trial
    tested = distinct(trial.calls, MOST)
    fresh = [
        call for size in questions.sizes for call in questions.calls(f"{seed}/{size}", size, EACH)
    ]
    calls = [*tested, *distinct(fresh, len(fresh))]
    old, new = (ground.bench.ask(ground.grader.program(each), calls) for each in (before, after))
    held = ground.repair.held(calls[len(tested) :]) if ground.repair else list[bool]()
    changed = tuple(
        Changed(call, was, now, place < len(tested))
        for place, (call, was, now) in enumerate(zip(calls, old, new, strict=True))
        if answered(now) and not agrees(was, now, ground.grader.tolerance)
    )
    return Comparison(len(calls) - len(tested), sum(held), changed)


def regression(ground: Ground, before: Files, after: Files, found: Comparison) -> str:
    """A test with the least input found on which the two differ; "" when none can be written.

    What it expects is the repaired version's word, but for inputs that a test has already.
    """
    usable = [
        each for each in found.changed
        if _writable(each.after) and len(spelled(each.call)) < LONGEST
    ]  # fmt: skip
    if not usable:
        return ""

    def fails(calls: Sequence[Call]) -> Sequence[bool]:
        old, new = (ground.bench.ask(ground.grader.program(each), calls) for each in
                    (before, after))  # fmt: skip
        return [
            _writable(now) and not agrees(was, now, ground.grader.tolerance)
            for was, now in zip(old, new, strict=True)
        ]

    # One that a test makes is small already, and what it should give is known.
    usable.sort(key=lambda each: (not each.tested, len(spelled(each.call))))
    call = shrunk(usable[0].call, fails)
    (answer,) = ground.bench.ask(ground.grader.program(after), [call])
    return _test(ground, call, answer) if _writable(answer) else ""


def _writable(answer: Answer) -> bool:
    """Whether a test can expect it: a value, or an exception that needs no import."""
    return isinstance(answer, Returned) or (
        isinstance(answer, Raised) and answer.kind.isidentifier()
    )


def _test(ground: Ground, call: Call, answer: Answer) -> str:
    target = ground.target
    first = target.entry.partition(".")[0]
    named = [f"{name}={shown(value)}" for name, value in call.kwargs.items()]
    given = ", ".join([*map(shown, call.args), *named])
    asked = target.entry
    if target.is_method:
        home, _, name = target.entry.rpartition(".")
        asked = f"{home}().{name}"
    if isinstance(answer, Returned):
        expected = shown(result(answer.value))
        relation = "is" if expected in {"None", "True", "False"} else "=="
        imports, body = [], [f"assert {asked}({given}) {relation} {expected}"]
    else:
        kind = answer.kind if isinstance(answer, Raised) else "Exception"
        imports = ["import pytest"]
        body = [f"with pytest.raises({kind}):", f"    {asked}({given})"]
    lines = [
        *imports,
        f"from {target.module} import {first}",
        "",
        "",
        f"def test_{target.entry.rpartition('.')[2]}_stays_mended():",
        *(f"    {line}" for line in body),
    ]
    return "\n".join(lines) + "\n"


def _told(answer: Answer) -> str:
    return told(Returned(result(answer.value)) if isinstance(answer, Returned) else answer)


def doubts(ground: Ground, after: Files, found: Comparison) -> Iterator[str]:
    """What nobody has shown, a line each."""
    fresh = [each for each in found.changed if not each.tested]
    if not found.asked:
        yield "no fresh input could be drawn: only the tests speak for it"
    elif not found.held:
        yield "every fresh input runs as failing tests do: only the tests speak for it"
    elif found.held < found.asked:
        free = found.asked - found.held
        yield f"{free} of {found.asked} fresh inputs run as no passing test does, and may change"
    for each in fresh[:3]:
        was, now = _told(each.before), _told(each.after)
        yield f"changes, untested: {ground.target.entry}{spelled(each.call)} was {was}, is {now}"
    if len(fresh) > 3:
        yield f"{len(fresh)} fresh inputs are answered otherwise than before"
    if not fresh:
        yield "no fresh input is answered otherwise: it may mend only what the tests ask"
    yield from (
        f"not run: {each.test}: {each.why}"
        for each in ground.questions.origin.trial.verdicts
        if each.outcome == "not run"
    )
    yield from (f"still fails: {each.test}: {each.why}" for each in ground.failing(after)[:3])
