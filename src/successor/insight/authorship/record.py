"""Promotions and lines of a lab by kind of author, and the minutes of people that they took."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from successor.insight.authorship.kinds import KINDS, Kind
from successor.insight.authorship.lines import Standing, standing
from successor.ledger import Decided, Ledger, Reviewed, SessionStarted, WorkClock, Written

_STAGES: dict[int, Kind] = {1: "human", 2: "suggested", 3: "autonomous", 4: "closed loop"}


@dataclass(frozen=True)
class LabAuthorship:
    """What a record says."""

    promotions: dict[Kind, int]
    written: dict[Kind, int]
    """Candidates, promoted or not."""
    review_minutes: float
    """That people took to look, where it was measured."""
    reviews: int
    work_minutes: float
    """Of the machine."""
    standing: Standing
    """Lines of the version in charge."""
    steps: tuple[tuple[float, Kind], ...]
    """Promotions: after how many minutes of the machine's work, and by whom."""


def lab_authorship(record: Path) -> LabAuthorship:
    """Read a record. A version is of the stage that its session was at; an edit is a human's.

    Raises:
        UsageError: when nothing is on record.
    """
    with Ledger.read(record) as ledger:
        return authorship_of(ledger)


def authorship_of(ledger: Ledger) -> LabAuthorship:
    """Of a ledger."""
    stage: Kind = "closed loop"
    kinds, edits, steps = dict[str, Kind](), dict[str, str](), list[tuple[float, Kind]]()
    written, minutes, reviews, clock = dict.fromkeys(KINDS, 0), 0.0, 0, WorkClock()
    for entry in ledger.entries():
        clock.take(entry)
        match entry.event:
            case SessionStarted() as started:
                stage = _stage(started.settings.get("lab"))
            case Written(version=version) if version and version.parents:
                kind: Kind = "human" if version.author.startswith("human") else stage
                kinds[version.id] = kind
                written[kind] += 1
            case Reviewed() as review:
                reviews += 1
                minutes += (review.seconds or 0.0) / 60
                if review.version:
                    kinds[review.version.id] = "human"
                    edits[review.version.id] = review.candidate
            case Decided(decision=decision) if decision.outcome == "promoted":
                if decision.candidate in kinds:  # not the first: nobody improved it
                    steps.append((clock.spent_s() / 60, kinds[decision.candidate]))
            case _:
                pass
    return LabAuthorship(
        {kind: sum(by == kind for _, by in steps) for kind in KINDS},
        written,
        minutes,
        reviews,
        clock.spent_s() / 60,
        standing(ledger, kinds, edits),
        tuple(steps),
    )


def _stage(table: object) -> Kind:
    told = cast("dict[str, object]", table).get("stage") if isinstance(table, dict) else None
    return _STAGES.get(told, "closed loop") if isinstance(told, int) else "closed loop"
