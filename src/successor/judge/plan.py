"""What a judge is going to ask, fixed by the incumbent's exam before the candidate is looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from successor.errors import SuccessorError
from successor.types import Exam, Slice

_FRONTIER = 5
"""Slices that share the question of a gain; the next would get less than one item in 16."""
_LEAST = 16
"""Items in the smallest batch: enough for five slices in proportion 8 : 4 : 2 : 1 : 1."""


@runtime_checkable
class Sealing(Protocol):
    """A subject some of whose slices no author may train on: they show what training forgets."""

    def sealed(self) -> Collection[str]:
        """Names of slices that earn no promotion, and on which a loss refuses one."""
        ...


@dataclass(frozen=True)
class Mix:
    """Slices asked together, always in the same proportion."""

    parts: tuple[tuple[str, int], ...]
    """(slice, items in one batch), easiest first."""

    @property
    def items(self) -> int:
        """Items in one batch."""
        return sum(count for _, count in self.parts)

    @property
    def name(self) -> str:
        """The first and the last of its slices."""
        first, last = self.parts[0][0], self.parts[-1][0]
        return first if len(self.parts) == 1 else f"{first} to {last}"


@dataclass(frozen=True)
class Plan:
    """Where a gain is looked for, and what must not be lost."""

    gain: Mix
    holds: tuple[Mix, ...]
    """The mastered slices in groups of neighbours, easiest first."""
    sealed: Mix | None = None
    """The sealed slices, all alike; None without any."""


def make_plan(exam: Exam, mastery: float, groups: int, sealed: Collection[str] = ()) -> Plan:
    """The questions that the incumbent's exam suggests.

    A gain is looked for on the slices that the incumbent has not mastered, easiest first, each
    with half the weight of the one before: a successor learns the next harder thing first, and
    slices far beyond both versions only cost time. When nothing is left to master, the hardest
    slice has to improve further.

    Args:
        mastery: share right, in (0, 1], from which on a slice counts as mastered.
        groups: most groups into which the mastered slices are pooled.
        sealed: names of slices that neither count as a gain nor have to be shown to hold.

    Raises:
        SuccessorError: when the exam has no slices but sealed ones.
    """
    asked = sorted((part for part in exam.slices if part.scores), key=lambda part: part.size)
    parts = [part for part in asked if part.name not in sealed]
    if not parts:
        raise SuccessorError("the incumbent's exam has no items, so there is nothing to judge by")
    held = [part for part in parts if part.mean >= mastery]
    open_ = [part for part in parts if part.mean < mastery] or [held.pop()]
    apart = _pooled([part for part in asked if part.name in sealed], 1)
    return Plan(
        _frontier(open_[:_FRONTIER]), tuple(_pooled(held, groups)), apart[0] if apart else None
    )


def _frontier(parts: Sequence[Slice]) -> Mix:
    """Halving weights, rounded to whole items by largest remainders."""
    total = sum(2.0**-rank for rank in range(len(parts)))
    shares = [_LEAST * 2.0**-rank / total for rank in range(len(parts))]
    counts = [max(1, int(share)) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda rank: int(shares[rank]) - shares[rank])
    for rank in by_remainder[: max(0, _LEAST - sum(counts))]:
        counts[rank] += 1
    return Mix(tuple((part.name, count) for part, count in zip(parts, counts, strict=True)))


def _pooled(parts: Sequence[Slice], groups: int) -> list[Mix]:
    """Neighbours together, groups as equal as can be, the easier ones larger; equal weights."""
    size, larger = divmod(len(parts), groups)
    mixes, start = list[Mix](), 0
    for group in range(min(groups, len(parts))):
        members = parts[start : start + size + (group < larger)]
        start += len(members)
        each = -(-_LEAST // len(members))
        mixes.append(Mix(tuple((part.name, each) for part in members)))
    return mixes
