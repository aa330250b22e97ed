"""What came of each generation, read off the record, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from successor.insight.measures import HORIZONS, measure
from successor.ledger import (
    Decided,
    Entry,
    Event,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Judged,
    WorkClock,
    Written,
)
from successor.types import Decision, Digest, Record, Verdict, Version

Measures: TypeAlias = dict[str, float]
"""What the exam of a version measures, by name; empty when it was not examined."""


NOTHING_TO_TRY = "the author had nothing to try"


@dataclass(frozen=True)
class Generation:
    """One generation as it is reported; `docs/json.md` describes every field."""

    generation: int
    version: str
    """The version promoted, else the last candidate, else the incumbent that stayed."""
    parent: str | None
    horizon: float | None
    reliable_horizon: float | None
    measured: Measures
    e_value: float | None
    threshold: float | None
    decision: str
    reason: str
    seconds: float

    @property
    def headline(self) -> tuple[str, float] | None:
        """The first measure with its name; None when there is none."""
        return next(iter(self.measured.items()), None)


@dataclass(frozen=True)
class _Open:
    """A generation that is not over."""

    number: int
    incumbent: Digest | None
    seconds: float = 0.0
    version: Version | None = None
    verdict: Verdict | None = None
    decision: Decision | None = None
    passed: bool = False
    """Whether its author had nothing more to try."""
    failed: str = ""
    """Why the author came to nothing, where it says so."""


@dataclass
class Chronicle:
    """Folds the events of a record into its generations; time between sessions counts for none."""

    record: Record
    promotions: int = 0
    number: int = 0
    _open: _Open | None = None
    _clock: WorkClock = field(default_factory=WorkClock)
    _written: set[Digest] = field(default_factory=set[Digest])
    _measured: dict[str, Measures] = field(default_factory=dict[str, Measures])

    @property
    def versions(self) -> int:
        """Versions so far; one that was written again, as after a rollback, counts once."""
        return len(self._written)

    def replay(self, entries: Iterable[Entry[Event]]) -> list[Generation]:
        """The generations that ended within these entries."""
        return [ended for entry in entries if (ended := self.take(entry))]

    def take(self, entry: Entry[Event]) -> Generation | None:
        """Take in the next event; the generation that it ended, if it ended one."""
        event, now = entry.event, self._open
        worked = self._clock.take(entry)
        if isinstance(event, GenerationOpened):
            self._open, self.number = _Open(event.generation, event.incumbent), event.generation
            return None
        if now is None:
            return None
        now = replace(now, seconds=now.seconds + worked)
        match event:
            case Written(version=Version() as version):
                self._written.add(version.id)
                now = replace(now, version=version, verdict=None, decision=None)
            case Written(version=None, figures=figures):
                now = replace(now, passed=True, failed=str(figures.get("failed", "")))
            case Examined(version=examined):
                # Now, and not when the generation is over: a kill between that and its being
                # told loses the line, so nothing that takes time may lie there.
                self.measures(examined)
            case Judged(verdict=verdict):
                now = replace(now, verdict=verdict)
            case Decided(decision=decision):
                self.promotions += decision.outcome == "promoted" and now.incumbent is not None
                now = replace(now, decision=decision)
            case _:
                pass
        self._open = None if isinstance(event, GenerationClosed) else now
        return self._told(now) if isinstance(event, GenerationClosed) else None

    def measures(self, version: Digest) -> Measures:
        """What the exam of a version measures, the headline first."""
        if version not in self._measured:
            exam = self.record.exam(version)
            if exam is None:
                return {}
            self._measured[version] = measure(exam)
        return dict(self._measured[version])

    def confirmed(self, version: Digest) -> dict[str, float] | None:
        """Share right of each slice that the version was asked anew when it reached the goal."""
        exam = self.record.confirmation(version)
        return {part.name: part.mean for part in exam.slices} if exam else None

    def _told(self, now: _Open) -> Generation:
        version = now.version.id if now.version else now.incumbent or ""
        verdict, decision = now.verdict, now.decision
        measured = self.measures(version)
        why = NOTHING_TO_TRY if now.passed else "given up by a rollback"
        outcome, reason = "no candidate", now.failed or why
        if now.incumbent is None:
            outcome, reason = "first", "there was none before"
        elif decision:
            outcome, reason = decision.outcome, decision.reason
        return Generation(
            generation=now.number,
            version=version,
            parent=now.version.parents[0] if now.version and now.version.parents else None,
            **{name: measured.get(name) for name in HORIZONS},
            measured=measured,
            e_value=verdict.e_value if verdict else None,
            threshold=verdict.threshold if verdict else None,
            decision=outcome,
            reason=reason,
            seconds=round(now.seconds, 3),
        )
