"""Drives an improver: runs in the sandbox beside it, there `successor_improver`.

Several tasks are under way at once, each with a module of the improver of its own, so that what it
keeps in variables of its module stays within a task. Nothing here guards anything: candidates are
checked, priced and counted outside.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

_FILE = Path(__file__).with_name("successor_improver.py")
_code = compile(_FILE.read_bytes(), "improver.py", "exec", dont_inherit=True)


@dataclass
class Task:
    """What an improver is told of a task."""

    kind: str
    """"reals": numbers in [0, 1]; "choices": whole numbers in 0..choices-1; "order": the numbers
    0..size-1 in any order."""
    size: int
    """Places of a candidate, which is a list."""
    choices: int
    """What a place of "choices" may be; 0 for the other kinds."""
    evaluations: int
    """Candidates that are priced, all in all."""
    left: int
    """Candidates that are still priced."""
    seed: int
    """For its chances: the same seed, the same candidates."""
    questions: int
    """Questions to a language model that may still be asked; 0 without one."""


_tasks = dict[int, tuple[Task, Generator[Any, list[float] | str, object]]]()


def begin(place: int, told: dict[str, Any]) -> tuple[str, Any]:
    """The first candidates, or question."""
    module = ModuleType("improver")
    exec(_code, module.__dict__)  # noqa: S102 - this is what the sandbox is for
    task = Task(**told, left=told["evaluations"])
    course = module.improve(task)
    _tasks[place] = task, course
    try:
        return "candidates", next(course)
    except StopIteration:
        return "over", None


def go_on(place: int, said: list[float] | str) -> tuple[str, Any]:
    """The candidates after some that cost so much, or after an answer."""
    task, course = _tasks[place]
    if isinstance(said, str):
        task.questions -= 1
    else:
        task.left -= len(said)
    try:
        return "candidates", course.send(said)
    except StopIteration:
        return "over", None


def step(place: int, told: dict[str, Any] | list[float] | str) -> tuple[str, Any]:
    """One step of the task at this place, by what there is to tell: the task, then costs or
    answers.
    """
    return begin(place, told) if isinstance(told, dict) else go_on(place, told)
