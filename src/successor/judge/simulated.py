"""A subject whose success rates are known, to measure how often a judge errs and how well it sees.

Whoever changes the settings of a judge can ask here what that does to its false promotions, its
power and its cost, without training anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from successor.types import (
    Decision,
    Digest,
    Draft,
    Draw,
    Exam,
    Slice,
    Verdict,
    Version,
    Workspace,
)


@dataclass(frozen=True)
class Rates:
    """A version by its chance of being right on each slice."""

    right: tuple[float, ...]
    """By size from 1 upwards, each in [0, 1]."""
    shared: float = 1.0
    """Chance that an item is decided by its own difficulty, the same for all versions, and not
    by this version's luck: 1 gives the most alike answers, 0 independent ones."""


@dataclass
class SimulatedSubject:
    """Answers at the rates of each version; the same draw gives the same answers."""

    rates: Mapping[Digest, Rates]

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """An empty draft: a simulated version is its rates."""
        return Draft({})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """An exam of 100 items on every slice, by default exactly as often right as expected."""
        right = self.rates[version.id].right
        parts = tuple(
            Slice(str(place), float(place), tuple(float(k < 100 * p) for k in range(100)))
            for place, p in enumerate(right, start=1)
        )
        counts = tuple((part.name, 100) for part in parts)
        return Exam(version.id, Draw("training", seed, counts), parts)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """Bernoulli answers."""
        rates = self.rates[version.id]
        items, luck = (
            np.random.default_rng(draw.seed),
            np.random.default_rng([draw.seed, int(version.id[:12], 16)]),
        )
        parts = list[Slice]()
        for name, count in draw.counts:
            own = luck.random(count)
            hard = np.where(luck.random(count) < rates.shared, items.random(count), own)
            scores = (hard < rates.right[int(name) - 1]).astype(float)
            parts.append(Slice(name, float(name), tuple(scores.tolist())))
        return Exam(version.id, draw, tuple(parts))


def named(rates: Rates) -> Version:
    """The version that has these rates."""
    digest = hashlib.sha256(repr(rates).encode()).hexdigest()
    return Version(digest, {}, (), "simulated")


@dataclass
class SimulatedRecord:
    """A record in memory."""

    exams: dict[Digest, Exam] = field(default_factory=dict[Digest, Exam])
    confirmations: dict[Digest, Exam] = field(default_factory=dict[Digest, Exam])
    judged: list[Verdict] = field(default_factory=list[Verdict])
    decided: list[Decision] = field(default_factory=list[Decision])
    line: list[Version] = field(default_factory=list[Version])
    over: list[Digest | None] = field(default_factory=list["Digest | None"])
    used_figures: dict[str, float] = field(default_factory=dict[str, float])
    seconds: float = 0.0
    reviews: dict[Digest, Decision] = field(default_factory=dict[Digest, Decision])
    unheld_in: dict[Digest, tuple[str, ...]] = field(default_factory=dict[Digest, tuple[str, ...]])
    held_by: str | None = None
    lowered_by: str | None = None
    signed: bytes | None = None
    handed_in: dict[bytes, tuple[bytes, ...]] = field(
        default_factory=dict[bytes, tuple[bytes, ...]]
    )

    def incumbent(self) -> Version | None:
        return self.line[-1] if self.line else None

    def lineage(self, version: Digest) -> tuple[Version, ...]:
        return tuple(self.line)

    def exam(self, version: Digest) -> Exam | None:
        return self.exams.get(version)

    def confirmation(self, version: Digest) -> Exam | None:
        return self.confirmations.get(version)

    def unheld(self, version: Digest) -> tuple[str, ...]:
        return self.unheld_in.get(version, ())

    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(self.judged)

    def decisions(self) -> tuple[Decision, ...]:
        return tuple(self.decided)

    def reviewed(self, version: Digest) -> Decision | None:
        return self.reviews.get(version)

    def pause(self) -> str | None:
        return self.held_by

    def lowered(self) -> str | None:
        return self.lowered_by

    def charter(self) -> bytes | None:
        return self.signed

    def signatures(self, statement: bytes) -> tuple[bytes, ...]:
        return self.handed_in.get(statement, ())

    def generations(self) -> tuple[Digest | None, ...]:
        return tuple(self.over)

    def used(self, figure: str) -> float:
        return self.used_figures.get(figure, 0.0)

    def spent_s(self) -> float:
        return self.seconds


class SimulatedWork:
    """A workspace that keeps what is written in memory and says nothing."""

    def __init__(self) -> None:
        self.written = dict[Digest, bytes]()

    def read(self, digest: Digest) -> bytes:
        return self.written[digest]

    def write(self, data: bytes) -> Digest:
        digest = hashlib.sha256(data).hexdigest()
        self.written[digest] = data
        return digest

    def checkpoint(self, state: bytes) -> None:
        """Nothing to resume: a simulated judgement takes milliseconds."""

    def resume(self) -> bytes | None:
        return None

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        """Silent."""
