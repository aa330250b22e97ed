"""Moves that an improver can take over: their text goes into its file, where it may change on.

Whatever the space, what they leave is a candidate of it.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Protocol


class Task(Protocol):
    """What moves ask of a task."""

    size: int


def moved(task: Task, candidate: list[float], rng: Random) -> list[float]:
    """One place is taken out and put in elsewhere."""
    new = list(candidate)
    new.insert(rng.randrange(task.size), new.pop(rng.randrange(task.size)))
    return new


def turned_round(task: Task, candidate: list[float], rng: Random) -> list[float]:
    """A stretch is turned round (Croes 1958)."""
    first, last = sorted(rng.sample(range(task.size + 1), 2))
    return candidate[:first] + candidate[first:last][::-1] + candidate[last:]


def never_twice(change: Callable[..., list[float]]) -> Callable[..., list[float]]:
    """What was proposed is not proposed again, if something else comes up soon."""
    seen: set[tuple[float, ...]] = set()

    def another(*given: object) -> list[float]:
        new = change(*given)
        for _ in range(9):
            if tuple(new) not in seen:
                break
            new = change(*given)
        seen.add(tuple(new))
        return new

    return another
