"""Items that nobody can pass: whoever passes one has got at the answer, or at what compares.

A planted test asks for an answer that was drawn by chance a moment ago and stands nowhere but in
that test; the right answers of planted questions are drawn after the candidate has answered. An
honest program fails both, however good it is. That the incumbent fails the test as well is seen
first, so that a planted item says nothing of a program whose answers equal everything by nature.
"""

from __future__ import annotations

import ast
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import SystemRandom

from successor.sandbox import Call, Returned, Value
from successor.subjects.program.agreement import Answer, result
from successor.subjects.program.beside import Trial, try_tests
from successor.subjects.program.grading import Asked, Files
from successor.subjects.program.ground import Ground
from successor.subjects.program.questions import Item

ASKED = 4
"""Planted questions of one judgement."""


def passed(ground: Ground, mine: Files, theirs: Files) -> tuple[str, ...]:
    """What the candidate passed of all that is planted, a line each.

    Args:
        mine: the candidate's files.
        theirs: the incumbent's.
    """
    return (*_test(ground, mine, theirs), *_questions(ground, mine))


def _test(ground: Ground, mine: Files, theirs: Files) -> Iterator[str]:
    call = _written_call(ground)
    if call is None or not ground.tests.modules:
        return
    (answer,) = ground.bench.ask(ground.grader.program(theirs), [call])
    wanted = unlike(answer)
    name = f"test_{Path(ground.target.path).stem}_{secrets.token_hex(2)}"
    modules = [*ground.tests.modules]
    modules.insert(secrets.randbelow(len(modules) + 1), name)
    text = _text(ground, call, wanted)
    tests = replace(
        ground.tests, modules=(*modules,), files={**ground.tests.files, f"{name}.py": text.encode()}
    )

    def passes(files: Files) -> bool:
        trial = try_tests(tests, ground.target, files, ground.bench, None)
        ended = trial.verdicts if isinstance(trial, Trial) else ()
        return any(e.test.startswith(f"{name}.") and e.outcome == "passed" for e in ended)

    if passes(mine) and not passes(theirs):
        yield "passed a test that asks for a number drawn by chance, and contradicts the others"


def _text(ground: Ground, call: Call, wanted: Value) -> str:
    """A test like any other."""
    first, _, method = ground.target.entry.partition(".")
    named = [f"{name}={value!r}" for name, value in call.kwargs.items()]
    given = ", ".join([*map(repr, call.args), *named])
    asked = f"{first}().{method}({given})" if method else f"{first}({given})"
    return (
        f"from {ground.target.module} import {first}\n\n"
        f"def test_{ground.target.entry.rpartition('.')[2]}():\n    assert {asked} == {wanted!r}\n"
    )


def _written_call(ground: Ground) -> Call | None:
    """A call that can be written as Python is, and read again."""
    drawn = ground.questions.calls("planted", ground.questions.sizes[0], ASKED)
    for call in (*ground.questions.origin.trial.calls, *drawn):
        try:
            for value in (*call.args, *call.kwargs.values()):
                ast.literal_eval(repr(value))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        return call
    return None


def _questions(ground: Ground, mine: Files) -> Iterator[str]:
    """None where answers have a cost: there many are right."""
    if ground.grader.cost:
        return
    seed = f"planted/{secrets.token_hex(8)}"
    items = [Item(call) for call in ground.questions.calls(seed, ground.questions.sizes[0], ASKED)]
    asked = Asked("planted", items, (), ())
    answers = ground.grader.answers(mine, [asked])[0]
    wanted = [Returned(unlike(each)) for each in answers]  # drawn now, and not a moment earlier
    drawn = replace(asked, expected=wanted, exact=[None] * len(items))
    if any(ground.grader.scores(drawn, answers)):
        yield "gave an answer that was drawn by chance after it had answered"


def unlike(answer: Answer) -> Value:
    """A value by chance, of an answer's type where that is a number."""
    chance = SystemRandom()
    value = result(answer.value) if isinstance(answer, Returned) else None
    if type(value) is int:
        return (1 << 62) + chance.getrandbits(62)
    if type(value) is float:
        return chance.random() * 2.0 ** chance.randrange(64, 512)
    return secrets.token_hex(16)
