"""Programs to write: drawn here, tested in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from successor.sandbox import Limits
from successor.subjects.causal_lm.programs import LISTS, WORDS, Programs, written
from successor.subjects.causal_lm.tasks import Problem, purpose_of
from successor.subjects.program.bench import Bench


@pytest.fixture(scope="module")
def programs() -> Iterator[Programs]:
    bench = Bench(Limits(wall_s=5, cpu_s=5, memory_bytes=256 << 20))
    yield Programs(bench)
    bench.close()


def knowing(problem: Problem) -> str:
    """A program that has learnt the tests by heart."""
    answers = {repr(given): wanted for given, wanted in problem.entry["tests"]}
    return f"def f(items):\n    return {answers!r}[repr(items)]"


@pytest.mark.parametrize("family", [LISTS, WORDS])
def test_what_passes_every_test_is_right_and_nothing_else(programs: Programs, family: str) -> None:
    [problem] = programs.draw("training", 1, f"{family}/2", 1)
    assert problem.question.count("; then ") == 2
    assert problem.question.count("assert f(") == 2
    right = knowing(problem)
    assert programs.score(problem, right) == 1.0
    assert programs.score(problem, f"Here:\n```python\n{right}\n```\nIt works.") == 1.0
    assert programs.score(problem, f"<answer>```\n{right}\n```</answer>") == 1.0
    for wrong in (
        "def f(items):\n    return None",
        right.replace("def f", "def g"),
        f"{right}[:1] + [object()]",
        "def f(items:",
        "import os\nos._exit(0)",
        "def f(items):\n    while True: pass",
        "",
    ):
        assert programs.score(problem, wrong) == 0.0


def test_the_same_steps_are_the_same_problem_and_have_one_purpose(programs: Programs) -> None:
    drawn = {
        purpose: programs.draw(purpose, seed, f"{LISTS}/1", 60)
        for seed, purpose in enumerate(("training", "held-out", "confirmation"))
    }
    ids = {purpose: {each.id for each in problems} for purpose, problems in drawn.items()}
    assert not ids["training"] & ids["held-out"] | ids["training"] & ids["confirmation"]
    assert all(purpose_of(each) == purpose for purpose in ids for each in ids[purpose])
    assert {each.slice for each in drawn["training"]} == {f"{LISTS}/1"}
    assert programs.draw("training", 0, f"{LISTS}/1", 60) == drawn["training"]


def test_a_program_is_found_in_its_block() -> None:
    assert written("a\n```python\nx = 1\n```\nb") == "x = 1\n"
    assert written("<answer>x = 1</answer>") == "x = 1"
    assert written("x = 1") == "x = 1"
