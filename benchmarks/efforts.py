"""What the generations of an improver's lab cost, off its record.

An evaluation is one candidate of one task, priced: what quick looks, exams and the judge ask of
improvers. Seconds are working time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from successor.lab import RECORD
from successor.labfile import FILE_NAME
from successor.ledger import Ledger
from successor.ledger.clock import WorkClock
from successor.ledger.events import (
    Decided,
    Entry,
    Event,
    Examined,
    GenerationOpened,
    Judged,
    Written,
)
from successor.subjects.improver import Settings
from successor.subjects.improver.spaces import KINDS
from successor.types import Version
from successor.validation import validated


@dataclass(frozen=True)
class Generation:
    """What one generation cost."""

    number: int
    looks: int = 0
    """Variants tried by authors, second looks included."""
    judged: int = 0
    """Tasks that the judge asked, each of two versions."""
    evaluations: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Stage:
    """A version that was put in charge, and what the run had cost by then."""

    version: str
    source: str
    evaluations: int
    seconds: float


@dataclass(frozen=True)
class Course:
    """One run."""

    lab: str
    settings: Settings
    generations: tuple[Generation, ...]
    stages: tuple[Stage, ...]
    """The first version, and whoever took over, in turn."""


@dataclass
class _Reader:
    """Folds the events of a record."""

    settings: Settings
    found: list[Generation] = field(default_factory=list[Generation])
    promoted: list[tuple[Version, int, float]] = field(
        default_factory=list[tuple[Version, int, float]]
    )
    _versions: dict[str, Version] = field(default_factory=dict[str, Version])
    _clock: WorkClock = field(default_factory=WorkClock)

    def take(self, entry: Entry[Event]) -> None:
        """The next event."""
        took, event = self._clock.take(entry), entry.event
        if isinstance(event, GenerationOpened):
            self.found.append(Generation(event.generation))
        looks = judged = evaluations = 0
        match event:
            case Written(version=version, figures=figures):
                looks = int(figures.get("evaluations", 0))
                evaluations = looks * self.settings.screen_items * len(KINDS)
                if version:
                    self._versions[version.id] = version
            case Judged(verdict=verdict):
                judged = verdict.items
                evaluations = 2 * judged
            case Examined(draw=draw):
                evaluations = sum(count for _, count in draw.counts)
            case _:
                pass
        self._add(looks, judged, evaluations * self.settings.evaluations, took)
        if isinstance(event, Decided) and event.decision.outcome == "promoted":
            spent = sum(each.evaluations for each in self.found)
            version = self._versions[event.decision.candidate]
            self.promoted.append((version, spent, self._clock.spent_s()))

    def _add(self, looks: int, judged: int, evaluations: int, seconds: float) -> None:
        if self.found:
            last = self.found[-1]
            self.found[-1] = Generation(
                last.number,
                last.looks + looks,
                last.judged + judged,
                last.evaluations + evaluations,
                round(last.seconds + seconds, 3),
            )


def course(lab: Path) -> Course:
    """What a lab's record tells; a run that still goes on is read as far as it is."""
    table = tomllib.loads((lab / FILE_NAME).read_text("utf-8"))["subject"]
    settings = validated(Settings, "subject", {k: v for k, v in table.items() if k != "kind"})
    reader = _Reader(settings)
    with Ledger.read(lab / RECORD) as ledger:
        for entry in ledger.entries():
            reader.take(entry)
        stages = tuple(
            Stage(v.id, ledger.object(v.files[settings.target]).decode(), spent, round(took, 1))
            for v, spent, took in reader.promoted
        )
    return Course(str(lab), settings, tuple(reader.found), stages)


def table(generations: Sequence[Generation]) -> str:
    """One line a generation."""
    lines = ["| generation | looks | tasks judged | evaluations | seconds |"]
    lines.append("| ---: | ---: | ---: | ---: | ---: |")
    lines += [
        f"| {each.number} | {each.looks:,} | {each.judged:,} | {each.evaluations:,} "
        f"| {each.seconds:,.0f} |"
        for each in generations
    ]
    return "\n".join(lines) + "\n"
