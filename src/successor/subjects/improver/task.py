"""One task as it is outside: with what a candidate costs, which no improver sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from successor.subjects.improver.spaces import Candidate, Space


@dataclass(frozen=True)
class Task:
    """Something to be made cheaper."""

    family: str
    space: Space
    cost: Callable[[Candidate], float]
    """Lower is better; finite for every candidate of the space."""
    bound: float
    """Nothing costs less; where it is known, what the best candidate costs."""
