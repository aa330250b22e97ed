"""What the events add up to. Every view of a record is read from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from successor.ledger.clock import WorkClock
from successor.ledger.events import (
    HUMAN_ACTS,
    Alive,
    Chartered,
    Decided,
    Entry,
    Event,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Heartbeat,
    Judged,
    Lifted,
    Lowered,
    Paused,
    Restored,
    Reviewed,
    RolledBack,
    SandboxOpened,
    SessionStarted,
    Signed,
    Stopped,
    Written,
    objects_of,
)
from successor.ledger.usage import Usage
from successor.types import Decision, Digest, Version

_Between: TypeAlias = (
    RolledBack | Restored | Signed | Chartered | Lifted | Alive | Heartbeat | Stopped
)

Why: TypeAlias = Literal["quarantined", "rolled back"]
"""Why nobody builds on an object."""


@dataclass
class OpenGeneration:
    """The steps on record of the generation that is not over."""

    opened: GenerationOpened
    written: dict[int, Version | None] = field(default_factory=dict[int, Version | None])
    judged: dict[Digest, Judged] = field(default_factory=dict[Digest, Judged])
    decided: dict[Digest, Decision] = field(default_factory=dict[Digest, Decision])
    reviewed: dict[Digest, Reviewed] = field(default_factory=dict[Digest, Reviewed])
    """What a human chose, by candidate."""
    edited: Version | None = None
    """What a human made of a candidate, until it is the next one."""
    lowered: set[Digest] = field(default_factory=set[Digest])
    """Candidates that lowered the stage."""

    @property
    def waiting(self) -> Digest | None:
        """The candidate that waits for a human who has not chosen yet."""
        names = (name for name, d in self.decided.items() if d.outcome == "waiting")
        return next((name for name in names if name not in self.reviewed), None)

    @property
    def promoted(self) -> Digest | None:
        """The version that was promoted in it, the last if there are several."""
        names = [d.candidate for d in self.decided.values() if d.outcome == "promoted"]
        return names[-1] if names else None


class History:
    """A fold over the entries, in their order."""

    def __init__(self) -> None:
        self.entries: list[Entry[Event]] = []
        self.versions: dict[Digest, Version] = {}
        self.exams: dict[Digest, Examined] = {}
        self.confirmations: dict[Digest, Examined] = {}
        """The last exam of a version on items that nobody had seen."""
        self.judged: list[Judged] = []
        self.decided: list[Decided] = []
        self.incumbent: Digest | None = None
        self.generation: OpenGeneration | None = None
        self.generations: list[Digest | None] = []
        """For every closed generation, the version that took over in it, or by a rollback after."""
        self.usage = Usage()
        self.named: set[Digest] = set()
        """Objects that an event names."""
        self.refused: dict[Digest, Reviewed] = {}
        """Versions that a human has rejected, with the last time: that holds for good."""
        self.signed: dict[Digest, list[Digest]] = {}
        """Envelopes that were handed in, by the statement that is signed."""
        self.charter: Digest | None = None
        """What people signed last of what is in force."""
        self.paused: Entry[Paused] | None = None
        """The pause that nobody has lifted; its entry says when the record was how long."""
        self.lowered: Entry[Lowered] | None = None
        """The last tripwire, until people let the policy decide again."""
        self.looked_after: float | None = None
        """When a person last did something, or the record began."""
        self.seed: int | None = None
        self.sandbox: SandboxOpened | None = None
        """Where versions run in this session; None as long as none has run."""
        self.unheld: dict[Digest, list[str]] = {}
        """Versions that were examined or judged in sandboxes that do not hold, and in which."""
        self._gave_way: set[Digest] = set()
        """Versions that rollbacks took out of charge, and none has put back."""
        self.session = 0
        """The number of the event that began the last session; 0 before the first."""
        self.clock = WorkClock()

    def add(self, entry: Entry[Event]) -> None:
        """Take in the next entry."""
        self.clock.take(entry)
        self.usage.take(entry)
        self.named.update(entry.stored, objects_of(entry.event))
        if self.looked_after is None or isinstance(entry.event, HUMAN_ACTS):
            at = entry.event.at if isinstance(entry.event, Alive) else entry.time
            self.looked_after = max(at, self.looked_after or at)
        match entry.event:
            case SessionStarted(seed=seed):
                self.seed, self.sandbox, self.session = seed, None, entry.seq
            case SandboxOpened() as opened:
                self.sandbox = opened
            case GenerationOpened() as opened:
                self.generation = OpenGeneration(opened)
            case Written() as written:
                self._add_written(written)
            case Examined() as examined:
                fresh = examined.draw.purpose == "confirmation"
                (self.confirmations if fresh else self.exams)[examined.version] = examined
                self._seen(examined.version)
            case Judged() as judged:
                self.judged.append(judged)
                self._open.judged[judged.verdict.candidate] = judged
                self._seen(judged.verdict.candidate)
            case Decided() as decided:
                self._add_decided(decided)
            case Reviewed() as reviewed:
                self._add_reviewed(reviewed)
            case GenerationClosed():
                self.generations.append(self._open.promoted)
                self.generation = None
            case Paused() | Lowered() as held:
                self._hold(entry, held)
            case other:
                self._add_between(other)
        self.entries.append(entry)

    def _hold(self, entry: Entry[Event], held: Paused | Lowered) -> None:
        """Take in what holds until people end it."""
        if isinstance(held, Paused):
            self.paused = Entry(entry.seq, entry.time, held)
        else:
            self.lowered = Entry(entry.seq, entry.time, held)
            self._open.lowered.add(held.candidate)

    def _add_between(self, event: _Between) -> None:
        """Take in what belongs to no generation."""
        match event:
            case RolledBack() as rolled_back:
                self._roll_back(rolled_back)
            case Restored():
                self.lowered = None
            case Signed(statement=statement, envelope=envelope):
                self.signed.setdefault(statement, []).append(envelope)
            case Chartered(charter=charter):
                self.charter = charter
            case Lifted():
                self.paused = None
            case Alive() | Heartbeat() | Stopped():
                pass

    def unnamed(self, objects: Iterable[Digest], events: Iterable[Event]) -> tuple[Digest, ...]:
        """Which of these neither an event names nor one of those to come will."""
        due = (name for event in events for name in objects_of(event))
        return tuple(sorted({*objects}.difference(self.named, due)))

    @property
    def promoted(self) -> set[Digest]:
        """All that were ever in charge."""
        decisions = (decided.decision for decided in self.decided)
        return {made.candidate for made in decisions if made.outcome == "promoted"}

    def barred(self) -> dict[Digest, Why]:
        """Objects that nobody builds on, and why: those of quarantined and of revoked versions that
        are of none in good standing that was ever in charge.
        """
        made = [decided.decision for decided in self.decided]
        bad = [each.candidate for each in made if each.outcome == "quarantined"]
        void = self.revoked()
        held, gone, kept = (
            {name for each in versions for name in self.versions[each].files.values()}
            for versions in (bad, void, self.promoted - void)
        )
        found = dict[Digest, Why]()
        found.update(dict.fromkeys(sorted(gone - kept), "rolled back"))
        found.update(dict.fromkeys(sorted(held - kept), "quarantined"))
        return found

    def revoked(self) -> set[Digest]:
        """Versions that a rollback took out of charge, and all that descend from them."""
        if not self._gave_way:
            return set()
        return {each for each in self.versions if not self._gave_way.isdisjoint(self._line(each))}

    def _line(self, version: Digest | None) -> Iterator[Digest]:
        """The version and its first parents."""
        while version is not None:
            yield version
            version = next(iter(self.versions[version].parents), None)

    def held_back(self, version: Digest) -> Decision | None:
        """The ledger's own decision on a version that holds what is barred, whatever was found."""
        barred, files = self.barred(), self.versions[version].files.values()
        why = {barred[each] for each in files if each in barred}
        if "quarantined" in why:
            return Decision(version, "quarantined", "holds what was quarantined before", "ledger")
        if why:
            return Decision(version, "rejected", "holds what was rolled back before", "ledger")
        if version in self.revoked():  # of files that others have, too
            return Decision(version, "rejected", "was rolled back before", "ledger")
        return None

    @property
    def _open(self) -> OpenGeneration:
        if self.generation is None:
            raise ValueError("it belongs to a generation, and none is open")
        return self.generation

    def _add_written(self, written: Written) -> None:
        self._open.written[written.attempt] = written.version
        self._open.edited = None
        if written.version is not None:
            self.versions[written.version.id] = written.version

    def _seen(self, version: Digest) -> None:
        """Keep in mind that a version was examined or judged where the session is."""
        if self.sandbox is not None and not self.sandbox.trusted:
            known = self.unheld.setdefault(version, [])
            known += [self.sandbox.tier] * (self.sandbox.tier not in known)

    def _add_decided(self, decided: Decided) -> None:
        decision = decided.decision
        self.decided.append(decided)
        self._open.decided[decision.candidate] = decision
        if decision.outcome == "promoted":
            self.incumbent = decision.candidate

    def _add_reviewed(self, reviewed: Reviewed) -> None:
        if reviewed.candidate != self._open.waiting:
            raise ValueError(f"{reviewed.candidate} does not wait for a human")
        if reviewed.choice != "later":
            self._open.reviewed[reviewed.candidate] = reviewed
            self._open.edited = reviewed.version
        if reviewed.choice == "reject":
            self.refused[reviewed.candidate] = reviewed

    def _roll_back(self, event: RolledBack) -> None:
        if self.generation is not None:
            raise ValueError("a generation is open: nothing is rolled back within one")
        if event.version not in self.promoted:
            raise ValueError(f"{event.version} was never in charge")
        back = {*self._line(event.version)}
        self._gave_way = (self._gave_way | {*self._line(self.incumbent)}) - back
        self.incumbent = event.version
        self.generations[-1] = event.version
