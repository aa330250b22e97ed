"""Two versions before the same fresh questions, batch by batch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from successor.errors import SuccessorError
from successor.judge.evidence import Scores
from successor.judge.plan import Mix
from successor.types import Counts, Draw, Exam, Subject, Version, Workspace


@dataclass(frozen=True)
class Sitting:
    """One batch: a draw, and each version's scores by slice, item by item."""

    draw: Draw
    candidate: tuple[tuple[float, ...], ...]
    incumbent: tuple[tuple[float, ...], ...]


class Sits(Protocol):
    """Who can put questions to both versions."""

    def sit(self, counts: Counts, label: str) -> Sitting:
        """Ask both a fresh draw, named by a label that is used once."""
        ...


@runtime_checkable
class Together(Protocol):
    """Whoever examines several versions at once, on machines of their own."""

    def examine_all(
        self, asked: Sequence[tuple[Version, Draw]], workspace: Workspace
    ) -> Sequence[Exam]:
        """The exam of each, in their order."""
        ...


@dataclass(frozen=True)
class Examiner:
    """Puts the same held-out items before both versions, one right after the other.

    The items follow from the seed, which the ledger fixes for this judgement alone: nobody saw
    them before, and judging again asks the same ones.
    """

    subject: Subject
    candidate: Version
    incumbent: Version
    seed: int
    work: Workspace

    def sit(self, counts: Counts, label: str) -> Sitting:
        """Examine both versions on a fresh draw, named by a label that is used once."""
        draw = fresh(self.seed, label, counts)
        asked = [(self.candidate, draw), (self.incumbent, draw)]
        if isinstance(self.subject, Together):
            exams = self.subject.examine_all(asked, self.work)
        else:
            exams = [self.subject.examine(version, draw, self.work) for version, _ in asked]
        candidate, incumbent = (_answers(exam, draw) for exam in exams)
        return Sitting(draw, candidate, incumbent)


def fresh(seed: int, label: str, counts: Counts) -> Draw:
    """Items that nobody saw, from the seed of a judgement and a label that is used once."""
    text = f"{seed}/{label}".encode()
    return Draw("held-out", int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1, counts)


def _answers(exam: Exam, draw: Draw) -> tuple[tuple[float, ...], ...]:
    """Scores in the order of the draw.

    Raises:
        SuccessorError: when the subject did not mark every item with a score in [0, 1].
    """
    marked = {part.name: part.scores for part in exam.slices}
    for name, count in draw.counts:
        scores = marked.get(name, ())
        if len(scores) != count:
            raise SuccessorError(f"the subject marked {len(scores)} of {count} items of {name!r}")
        if not all(0.0 <= score <= 1.0 for score in scores):
            raise SuccessorError(f"the subject marked an item of {name!r} outside [0, 1]")
    return tuple(marked[name] for name, _ in draw.counts)


@dataclass
class Comparison:
    """All that both versions have answered so far on one mix of slices."""

    mix: Mix
    sittings: list[Sitting] = field(default_factory=list[Sitting])

    def extend(self, examiner: Sits, items: int) -> None:
        """Ask at least so many more items, in whole batches."""
        times = max(1, -(-items // self.mix.items))
        counts = tuple((name, count * times) for name, count in self.mix.parts)
        self.sittings.append(examiner.sit(counts, f"{self.mix.name}/{len(self.sittings)}"))

    @property
    def items(self) -> int:
        """Items asked so far."""
        return sum(count for sitting in self.sittings for _, count in sitting.draw.counts)

    def kept(self) -> list[dict[str, object]]:
        """Every draw with both versions' scores, slice by slice, to be written down."""
        return [
            {
                "seed": sitting.draw.seed,
                "counts": sitting.draw.counts,
                "candidate": sitting.candidate,
                "incumbent": sitting.incumbent,
            }
            for sitting in self.sittings
        ]

    def candidate(self, part: int | None = None) -> Scores:
        """The candidate's scores, on all slices or on the one at this place in the mix."""
        return _joined([sitting.candidate for sitting in self.sittings], part)

    def incumbent(self, part: int | None = None) -> Scores:
        """The incumbent's scores on the same items."""
        return _joined([sitting.incumbent for sitting in self.sittings], part)

    def differences(self, part: int | None = None) -> Scores:
        """Candidate minus incumbent, item by item, in [-1, 1]."""
        return self.candidate(part) - self.incumbent(part)


def _joined(batches: list[tuple[tuple[float, ...], ...]], part: int | None) -> Scores:
    chosen = [
        scores
        for batch in batches
        for place, scores in enumerate(batch)
        if part is None or place == part
    ]
    return np.asarray([score for scores in chosen for score in scores], dtype=np.float64)
