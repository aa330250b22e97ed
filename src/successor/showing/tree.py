"""Every version on record with what became of it, in the order written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from successor.insight.report.charge import Charge
from successor.ledger import (
    Decided,
    Entry,
    Event,
    Examined,
    GenerationOpened,
    Judged,
    WorkClock,
    Written,
)
from successor.ledger.usage import Usage
from successor.types import Decision, Digest, Verdict, Version


@dataclass
class Leaf:
    """One version."""

    version: Version
    generation: int
    attempt: int
    seq: int
    """The event that handed it in."""
    time: float
    """Seconds since 1970, likewise."""
    decision: Decision | None = None
    verdict: Verdict | None = None
    measured: dict[str, float] = field(default_factory=dict[str, float])
    """By its own exam, the headline first."""
    promoted_at: float | None = None
    worked_s: float = 0.0
    """Working time of the lab until it was handed in, examined and judged."""
    usd: float = 0.0
    """What models had cost by then."""

    @property
    def score(self) -> float | None:
        """The headline measure."""
        return next(iter(self.measured.values()), None)


@dataclass
class Tree:
    """A fold over the entries; what is known of a version that was in charge stays when the same
    is written once more.
    """

    measures: Callable[[Digest], dict[str, float]]
    """What the exam of a version measures."""
    leaves: dict[Digest, Leaf] = field(default_factory=dict[Digest, Leaf])
    charge: Charge = field(default_factory=Charge)
    usage: Usage = field(default_factory=Usage)
    clock: WorkClock = field(default_factory=WorkClock)
    generation: int = 0

    def take(self, entry: Entry[Event]) -> None:
        """Take in the next event."""
        self.usage.take(entry)
        self.clock.take(entry)
        self.charge.take(entry)
        match entry.event:
            case GenerationOpened(generation=number):
                self.generation = number
            case Written(version=Version() as version) as event:
                if version.id not in self.charge.promoted:
                    self.leaves[version.id] = Leaf(
                        version, event.generation, event.attempt, entry.seq, entry.time
                    )
            case Examined() as event:
                self._examined(event)
            case Judged(verdict=Verdict() as verdict):
                if (leaf := self.leaves.get(verdict.candidate)) and leaf.promoted_at is None:
                    leaf.verdict = verdict
                    self._spent(leaf)
            case Decided(decision=Decision() as made):
                self._decided(entry.time, made)
            case _:
                pass

    def revoked(self) -> set[Digest]:
        """Versions that a rollback took out of charge, and that no other has put back."""
        return {name for back in self.charge.told() for name in back.revoked}

    def outcome(self, leaf: Leaf, revoked: set[Digest]) -> str:
        """What became of a version, in a word."""
        if leaf.version.id in revoked:
            return "rolled back"
        if not leaf.version.parents:
            return "first"
        return leaf.decision.outcome if leaf.decision else "open"

    def _examined(self, event: Examined) -> None:
        leaf = self.leaves.get(event.version)
        if leaf is None:
            return
        if event.draw.purpose == "confirmation":
            self._spent(leaf)
        elif not leaf.measured:
            leaf.measured = self.measures(event.version)
            self._spent(leaf)

    def _spent(self, leaf: Leaf) -> None:
        leaf.worked_s, leaf.usd = self.clock.spent_s(), self.usage.used("usd")

    def _decided(self, time: float, made: Decision) -> None:
        leaf = self.leaves.get(made.candidate)
        if leaf is None or leaf.promoted_at is not None:
            return
        leaf.decision = made
        self._spent(leaf)
        if made.outcome == "promoted":
            leaf.promoted_at = time
