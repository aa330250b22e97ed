"""Did everything on record happen as the people had signed? Asked of the record alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from successor.ledger import (
    WHILE_PAUSED,
    Chartered,
    Decided,
    Entry,
    Judged,
    Lifted,
    Paused,
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
)
from successor.oversight.policy import Stage
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
    pauses: tuple[str, ...]
    """In each of which nothing was done until it was lifted, by who may; a line for each."""
    problem: str | None
    """The first event that should not be; None when there is none."""


def lawfulness(ledger: Ledger) -> Lawfulness:
    """Verify every signature under a charter or a promotion, by the charter in force then."""
    walk = _Walk(ledger)
    for entry in ledger.entries():
        told = walk.take(entry)
        if told is not None:
            kind = type(entry.event).__name__
            problem = f"event {entry.seq} ({kind}): {told}"
            return Lawfulness(walk.charters, walk.signed, tuple(walk.pauses), problem)
    return Lawfulness(walk.charters, walk.signed, tuple(walk.pauses), None)


def stage_of(settings: Mapping[str, Mapping[str, object]]) -> Stage:
    """The stage at which a session ran."""
    return cast("Stage", settings.get("lab", {}).get("stage", 4))


def looser_than(law: Charter, settings: Mapping[str, Mapping[str, object]]) -> tuple[str, ...]:
    """What a session asked for that people had not signed."""
    judge, cases = (settings.get(name, {}) for name in ("judge", "base_cases"))
    return tuple(loosened(law, Charter(law.rules, judge, cases, stage_of(settings))))


@dataclass
class _Walk:
    ledger: Ledger
    law: Adopted | None = None
    settings: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict[str, "Mapping[str, object]"]
    )
    """Those of the last session."""
    charters: int = 0
    signed: int = 0
    pause: Entry[Paused] | None = None
    """The one under way."""
    resting: bool = False
    """Whether no session began since the last pause."""
    pauses: list[str] = field(default_factory=list[str])
    verdicts: dict[Digest, Verdict] = field(default_factory=dict[Digest, Verdict])
    envelopes: defaultdict[Digest, list[Digest]] = field(
        default_factory=lambda: defaultdict[Digest, list[Digest]](list)
    )

    def take(self, entry: Entry[Event]) -> str | None:
        """What is wrong with the next event; None when nothing is."""
        return self._out_of_turn(entry.event) or self._taken(entry)

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
                self.pause, self.resting = Entry(entry.seq, entry.time, pause), True
                self.pauses.append(f"event {entry.seq}: {told_pause(pause)}; it holds")
            case Lifted(by=by):
                return self._lifted(entry.seq, by)
            case SessionStarted(settings=settings):
                self.resting = False
                self.settings = cast("Mapping[str, Mapping[str, object]]", settings)
            case Signed(statement=statement, envelope=envelope):
                self.envelopes[statement].append(envelope)
            case Judged(verdict=verdict):
                self.verdicts[verdict.candidate] = verdict
            case Chartered(charter=charter):
                return self._chartered(charter)
            case Decided(generation=number, decision=made) if number:
                return self._promoted(made.candidate) if made.outcome == "promoted" else None
            case _:
                pass
        return None

    def _chartered(self, name: Digest) -> str | None:
        body = self.ledger.object(name)
        new, before = read_adopted(body), self.law
        parent = before.digest if before else None
        if adoption(self.ledger.identity, parent, new.charter).body != body:
            return "the charter belongs to another record, or comes after another charter"
        by = before if before and before.charter.rules.people else new
        needed = by.charter.rules.change
        if self._signatures(Statement(CHARTER, body), by) < needed:
            return f"the charter lacks signatures of {needed} people"
        self.law = new
        self.charters += 1
        return None

    def _lifted(self, seq: int, by: str) -> str | None:
        pause, law = self.pause, self.law
        if pause is None:
            return "lifted, and nothing was paused"
        self.pause = None
        told = f"event {pause.seq}: {told_pause(pause.event)}"
        self.pauses[-1] = f"{told}; lifted by {by}, event {seq}"
        if law is None or not law.charter.rules.people:
            return None
        if not self._signatures(lift_of(self.ledger, pause), law):
            return "lifted without the signature of one of the people"
        return None

    def _promoted(self, candidate: Digest) -> str | None:
        law = self.law
        if law is None or not law.charter.rules.people:
            return None
        if looser := looser_than(law.charter, self.settings):
            return f"promoted by a run that people had not allowed: {', '.join(looser)}"
        if stage_of(self.settings) == 4:
            return None
        needed = law.charter.rules.promotion
        if self._signatures(approval(self.verdicts[candidate], law), law) < needed:
            return f"promoted without the signatures of {needed} of the people"
        self.signed += 1
        return None

    def _signatures(self, statement: Statement, law: Adopted) -> int:
        handed_in = self.envelopes[sha256(statement.body).hexdigest()]
        envelopes = [self.ledger.object(each) for each in handed_in]
        return len(people_who_signed(law.charter.rules, statement, envelopes))
