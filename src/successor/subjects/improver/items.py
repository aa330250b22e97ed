"""Drawing tasks, and what a course of candidates is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from statistics import median

from successor.errors import SuccessorError
from successor.subjects.improver.families import HELD_OUT, TRAINING, Family
from successor.subjects.improver.spaces import KINDS, Kind
from successor.subjects.improver.task import Task
from successor.types import Draw

AREA = "area"
"""The objective: what lies under the curve of the best so far."""
_SAMPLE = 25
"""Random candidates by which a task is measured."""
_LEAST_ROOM = 1e-6


@dataclass(frozen=True)
class Item:
    """One task of an exam."""

    slice: str
    task: Task
    middle: float
    """What half of all random candidates do not cost."""
    chances: int
    """The improver's seed: it tells nothing of how the task was drawn."""

    def value(self, cost: float) -> float:
        """0: no better than the middle of random candidates; 1: nothing can cost less."""
        share = (self.middle - cost) / (self.middle - self.task.bound)
        return min(1.0, max(0.0, share))

    def area(self, costs: Sequence[float], evaluations: int) -> float:
        """Mean value of the best so far, over all evaluations that there are; who ends early keeps
        what he has.
        """
        total, best = 0.0, 0.0
        for cost in costs[:evaluations]:
            best = max(best, self.value(cost))
            total += best
        return (total + best * (evaluations - len(costs[:evaluations]))) / evaluations


def slice_of(kind: Kind) -> str:
    """The slice of a space."""
    return f"{AREA}/{kind}"


SLICES = tuple(slice_of(kind) for kind in KINDS)
_KINDS = dict(zip(SLICES, KINDS, strict=True))


def drawn(draw: Draw) -> list[Item]:
    """The tasks of a draw, in its order: of training families for authors, of the others else.

    Raises:
        SuccessorError: when there is no such slice.
    """
    families = TRAINING if draw.purpose == "training" else HELD_OUT
    found = list[Item]()
    for name, count in draw.counts:
        if name not in _KINDS:
            raise SuccessorError(f"{name!r}: no such slice")
        text = f"{draw.purpose}/{draw.seed}/{name}"
        found += [one(name, families[_KINDS[name]], f"{text}/{place}") for place in range(count)]
    return found


def one(name: str, families: Sequence[Family], text: str) -> Item:
    """The task that a text draws, of one of the families."""
    family, turn = Random(f"{text}/family").choice(families), 0
    while True:  # a few are drawn that random candidates solve as a rule
        rng = Random(f"{text}/{turn}")
        task = family(rng)
        middle = median(task.cost(task.space.draw(rng)) for _ in range(_SAMPLE))
        if middle - task.bound > _LEAST_ROOM * (1 + abs(middle)):
            chances = sha256(f"{text}/{turn}/chances".encode()).digest()[:6]
            return Item(name, task, middle, int.from_bytes(chances, "big"))
        turn += 1
