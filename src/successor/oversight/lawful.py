"""Did everything on record happen as the people had signed? Asked of the record alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from successor.errors import RecordError
from successor.ledger import (
    WHILE_PAUSED,
    Chartered,
    Decided,
    Entry,
    Judged,
    Lifted,
    Lowered,
    Paused,
    Restored,
    Reviewed,
    RolledBack,
    SessionStarted,
    Signed,
    told_pause,
)
from successor.oversight.approvals import (
    CHARTER,
    Adopted,
    adoption,
    approval,
    lift_of,
    people_who_signed,
    read_adopted,
    reasons_signed,
    restoring,
    rollback,
)
from successor.oversight.proved import Proofs, stage_of
from successor.oversight.rules import Charter, loosened
from successor.signing import Statement
from successor.types import Digest, Verdict

if TYPE_CHECKING:
    from successor.ledger import Event, Ledger


@dataclass(frozen=True)
class Lawfulness:
    """What was found."""

    charters: int
    """That came into force, each signed by as many people as it takes."""
    signed: int
    """Promotions that people signed."""
    rollbacks: int
    """Rollbacks that people signed."""
    pauses: tuple[str, ...]
    """In each of which nothing was done until it was lifted, by who may; a line for each."""
    problem: str | None
    """The first event that should not be; None when there is none."""


def lawfulness(ledger: Ledger) -> Lawfulness:
    """Hold the record against the rules: every promotion was proved and follows from the policy,
    and every signature under it or under a charter is one of the charter in force then.
    """
    walk = _Walk(ledger)
    for entry in ledger.entries():
        told = walk.take(entry)
        if told is not None:
            kind = type(entry.event).__name__
            problem = f"event {entry.seq} ({kind}): {told}"
            return walk.found(problem)
    return walk.found(None)


def require_lawful(ledger: Ledger) -> None:
    """Raises RecordError when there is an event that should not be: nothing is built on that."""
    if (problem := lawfulness(ledger).problem) is not None:
        lab = ledger.folder.parent
        raise RecordError(
            f"{lab}: its record holds what the rules that people signed do not allow: {problem}.\n"
            f"See successor audit {lab}; put back a copy from before that, or begin with --fresh."
        )


def looser_than(law: Charter, settings: Mapping[str, Mapping[str, object]]) -> tuple[str, ...]:
    """What a session asked for that people had not signed."""
    judge, cases = (settings.get(name, {}) for name in ("judge", "base_cases"))
    return tuple(loosened(law, Charter(law.rules, judge, cases, stage_of(settings))))


@dataclass
class _Walk:
    ledger: Ledger
    proofs: Proofs = field(default_factory=Proofs)
    law: Adopted | None = None
    settings: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict[str, "Mapping[str, object]"]
    )
    """Those of the last session."""
    charters: int = 0
    signed: int = 0
    rollbacks: int = 0
    pause: Entry[Paused] | None = None
    """The one under way."""
    resting: bool = False
    """Whether no session began since the last pause."""
    tripwire: Entry[Lowered] | None = None
    """The last, until people let the policy decide again."""
    accepted: dict[Digest, str] = field(default_factory=dict[Digest, str])
    """Candidates that people accepted, and why."""
    in_charge: tuple[Digest | None, int] = (None, 0)
    """The incumbent, and the event that made it one."""
    pauses: list[str] = field(default_factory=list[str])
    verdicts: dict[Digest, Verdict] = field(default_factory=dict[Digest, Verdict])
    envelopes: defaultdict[Digest, list[Digest]] = field(
        default_factory=lambda: defaultdict[Digest, list[Digest]](list)
    )

    def found(self, problem: str | None) -> Lawfulness:
        """What came of it."""
        return Lawfulness(self.charters, self.signed, self.rollbacks, tuple(self.pauses), problem)

    def take(self, entry: Entry[Event]) -> str | None:
        """What is wrong with the next event; None when nothing is."""
        unproved = self.proofs.take(entry)
        return self._out_of_turn(entry.event) or self._taken(entry) or unproved

    def _out_of_turn(self, event: Event) -> str | None:
        """Whether it was done during a pause, or comes of what was under way before it."""
        if isinstance(event, WHILE_PAUSED):
            return None
        if self.pause is not None:
            return "done while the lab was paused"
        if self.resting and not isinstance(event, SessionStarted | Paused):
            return "it comes of a session that began before the lab was paused"
        return None

    def _taken(self, entry: Entry[Event]) -> str | None:
        match entry.event:
            case Paused() as pause:
                if self.pause is not None:  # somebody had more to say of it
                    self.pauses.pop()
                self.pause, self.resting = Entry(entry.seq, entry.time, pause), True
                self.pauses.append(f"event {entry.seq}: {told_pause(pause)}; it holds")
            case Lowered() as lowered:
                self.tripwire = Entry(entry.seq, entry.time, lowered)
            case Reviewed(choice="accept", candidate=candidate, reason=reason):
                self.accepted[candidate] = reason
            case SessionStarted(settings=settings):
                self.resting = False
                self.settings = cast("Mapping[str, Mapping[str, object]]", settings)
            case Signed(statement=statement, envelope=envelope):
                meant = Statement("", self.ledger.object(statement)).bare.body
                self.envelopes[sha256(meant).hexdigest()].append(envelope)
            case Judged(verdict=verdict):
                self.verdicts[verdict.candidate] = verdict
            case Decided(decision=made) if made.outcome == "promoted":
                (before, _), self.in_charge = self.in_charge, (made.candidate, entry.seq)
                return self._promoted(made.candidate) if before else None
            case other:
                return self._done_by_people(entry.seq, other)
        return None

    def _done_by_people(self, seq: int, event: Event) -> str | None:
        """What only so many people may do."""
        match event:
            case Chartered(charter=charter):
                return self._chartered(charter)
            case Lifted() as lifted:
                return self._lifted(seq, lifted)
            case Restored() as restored:
                return self._restored(restored)
            case RolledBack() as back:
                return self._rolled_back(seq, back)
            case _:
                return None

    def _chartered(self, name: Digest) -> str | None:
        body = self.ledger.object(name)
        new, before = read_adopted(body), self.law
        parent = before.digest if before else None
        if adoption(self.ledger.identity, parent, new.charter).body != body:
            return "the charter belongs to another record, or comes after another charter"
        by = before if before and before.charter.rules.people else new
        needed = by.charter.rules.change
        if self._signed(Statement(CHARTER, body), by, needed):
            return f"the charter lacks signatures of {needed} people"
        self.law = new
        self.charters += 1
        return None

    def _lifted(self, seq: int, lifted: Lifted) -> str | None:
        pause = self.pause
        if pause is None:
            return "lifted, and nothing was paused"
        self.pause = None
        told = f"event {pause.seq}: {told_pause(pause.event)}"
        self.pauses[-1] = f"{told}; lifted by {lifted.by}, event {seq}"
        if (law := self._peoples_law()) is None:
            return None
        lacks = self._signed(lift_of(self.ledger, pause), law, 1, lifted.reason)
        return f"lifted {lacks}" if lacks else None

    def _restored(self, restored: Restored) -> str | None:
        tripwire, self.tripwire = self.tripwire, None
        if tripwire is None:
            return "the stage was raised again, and no tripwire had lowered it"
        if (law := self._peoples_law()) is None:
            return None
        needed = law.charter.rules.change
        lacks = self._signed(restoring(self.ledger, tripwire), law, needed, restored.reason)
        return f"the stage was raised again {lacks}" if lacks else None

    def _rolled_back(self, seq: int, back: RolledBack) -> str | None:
        (before, since), self.in_charge = self.in_charge, (back.version, seq)
        if (law := self._peoples_law()) is None:
            return None
        head = self.ledger.root_at(since)
        statement = rollback(self.ledger.identity, head, law, (before, back.version))
        if lacks := self._signed(statement, law, law.charter.rules.promotion, back.reason):
            return f"rolled back {lacks}"
        self.rollbacks += 1
        return None

    def _peoples_law(self) -> Adopted | None:
        """The charter in force, if it names people."""
        return self.law if self.law and self.law.charter.rules.people else None

    def _promoted(self, candidate: Digest) -> str | None:
        if self.tripwire and candidate not in self.accepted:
            return f"promoted by nobody, after a tripwire (event {self.tripwire.seq})"
        if (law := self._peoples_law()) is None:
            return None
        if looser := looser_than(law.charter, self.settings):
            return f"promoted by a run that people had not allowed: {', '.join(looser)}"
        found = self.verdicts.get(candidate)
        if found is None or (stage_of(self.settings) == 4 and self.tripwire is None):
            return None
        statement, needed = approval(found, law), law.charter.rules.promotion
        if lacks := self._signed(statement, law, needed, self.accepted.get(candidate)):
            return f"promoted {lacks}"
        self.signed += 1
        return None

    def _signed(
        self, statement: Statement, law: Adopted, needed: int, reason: str | None = None
    ) -> str:
        """What is missing of the signatures of so many people, or of one for that reason; nothing
        when nothing is.
        """
        handed_in = self.envelopes[sha256(statement.body).hexdigest()]
        envelopes = [self.ledger.object(each) for each in handed_in]
        rules = law.charter.rules
        if len(people_who_signed(rules, statement, envelopes)) < needed:
            many = "signature of one" if needed == 1 else f"signatures of {needed}"
            return f"without the {many} of the people"
        reasons = reasons_signed(rules, statement, envelopes)
        if reason is not None and not {reason, None} & reasons:
            return f"for a reason that nobody signed: {reason}"
        return ""
