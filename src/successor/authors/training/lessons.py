"""What to practise: from weaknesses to problems just beyond reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from successor.authors.training.learner import Learner
from successor.types import Brief

HARDEST = 0.4
"""Share of the lessons at the very largest size: what is practised last is needed first."""
SEEDS = 2**62


@dataclass(frozen=True)
class Lesson:
    """Problems of one kind."""

    slice: str
    seed: int


def reach_of(brief: Brief) -> int:
    """The largest size up to which nothing is weak; 1 when everything is."""
    weakest = min((weakness.size for weakness in brief.weaknesses), default=float("inf"))
    return int(max((size for _, size in brief.mastered if size < weakest), default=1))


def plan_lessons(brief: Brief, goal: int, count: int, learner: Learner) -> list[Lesson]:
    """Lessons of sizes beyond reach, where the weaknesses begin, and up to `goal`.

    The kinds of problems of a size (carry patterns, say) take turns. Of those that are not of the
    largest size, every second one is of the weakness that a person wants to come first.
    """
    rng = np.random.default_rng([brief.seed, 0])
    reach = reach_of(brief)
    lessons: list[Lesson] = []
    wanted = [each.slice for each in brief.weaknesses if each.slice == brief.first[0]]
    for turn in range(count):
        size = goal if turn < HARDEST * count else int(rng.integers(min(reach + 1, goal), goal + 1))
        kinds = learner.slices(size)
        seed = int(rng.integers(SEEDS))
        hard = turn < HARDEST * count
        name = wanted[0] if wanted and not hard and turn % 2 else kinds[turn % len(kinds)]
        lessons.append(Lesson(name, seed))
    return lessons
