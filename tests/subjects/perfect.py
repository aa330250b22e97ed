"""A solver that is always right, to see whether decompositions and checks are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from successor.subjects.transformer.problems import Problems, Task, Tokens

Solver = Callable[[Problems], Tokens]


def put_together(
    task: Task, problems: Problems, reach: int, seed: int, solver: Solver | None = None
) -> tuple[Tokens, list[Problems]]:
    """What the decomposition comes to, and the easier problems that it asked."""
    plan = task.decompose(problems, reach, np.random.default_rng(seed))
    asked: list[Problems] = []
    try:
        part = next(plan)
        while True:
            asked.append(part)
            part = plan.send((solver or task.truth)(part))
    except StopIteration as done:
        return done.value, asked


def assert_fits(task: Task, problems: Problems) -> None:
    """The layout has room for exactly the prompt and all of the answer but its last token."""
    layout = task.layout(problems.shape)
    answers = task.truth(problems)
    assert problems.prompts.shape == (len(problems), layout.prompt)
    assert answers.shape == (len(problems), layout.answer)
    assert len(layout.ids) == layout.prompt + layout.answer - 1
    assert answers.dtype == problems.prompts.dtype == np.int8
    assert min(answers.strides) > 0, "torch reads no array backwards"


def size_of(task: Task, part: Problems) -> float:
    """Multiplication masters a size with sums of twice as many digits."""
    halved = task.name == "multiplication" and part.shape.startswith("add")
    return int(part.shape.split()[1]) / 2 if halved else part.size


def assert_task_holds(task: Task, slice_name: str, reach: int, seed: int) -> None:
    """Everything that the protocol promises, for a few problems of a slice."""
    problems = task.draw(slice_name, 5, np.random.default_rng(seed))
    truth = task.truth(problems)
    assert problems.size == task.size(slice_name)
    assert_fits(task, problems)
    answers, asked = put_together(task, problems, reach, seed)
    assert (answers == truth).all()
    assert all(size_of(task, part) <= max(2, reach) for part in asked)
    assert task.plausible(problems, truth).all()
    for variant in task.variants(problems, np.random.default_rng(seed)).values():
        assert_fits(task, variant.problems)
        assert (task.truth(variant.problems)[:, variant.start :] == truth).all()


def share_of_wrong_answers_caught(task: Task, slice_name: str, seed: int) -> float:
    """One digit of each answer changed at random."""
    rng = np.random.default_rng(seed)
    problems = task.draw(slice_name, 2000, rng)
    answers = np.array(task.truth(problems))
    rows = np.arange(len(answers))
    digit = (answers < 10) * rng.random(answers.shape)
    place = digit.argmax(axis=1)
    answers[rows, place] = (answers[rows, place] + rng.integers(1, 10, len(rows))) % 10
    return float(1 - task.plausible(problems, answers).mean())
