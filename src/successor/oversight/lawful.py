"""Did everything on record happen as the people had signed? Asked of the record alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from successor.ledger import Chartered, Decided, Judged, SessionStarted, Signed
from successor.oversight.approvals import (
    CHARTER,
    Adopted,
    adoption,
    approval,
    people_who_signed,
    read_adopted,
)
from successor.oversight.policy import Stage
from successor.signing import Statement
from successor.types import Digest, Verdict

if TYPE_CHECKING:
    from successor.ledger import Entry, Event, Ledger


@dataclass(frozen=True)
class Lawfulness:
    """What was found."""

    charters: int
    """That came into force, each signed by as many people as it takes."""
    signed: int
    """Promotions that people signed."""
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
            return Lawfulness(walk.charters, walk.signed, problem)
    return Lawfulness(walk.charters, walk.signed, None)


@dataclass
class _Walk:
    ledger: Ledger
    law: Adopted | None = None
    stage: Stage = 4
    charters: int = 0
    signed: int = 0
    verdicts: dict[Digest, Verdict] = field(default_factory=dict[Digest, Verdict])
    envelopes: defaultdict[Digest, list[Digest]] = field(
        default_factory=lambda: defaultdict[Digest, list[Digest]](list)
    )

    def take(self, entry: Entry[Event]) -> str | None:
        """What is wrong with the next event; None when nothing is."""
        match entry.event:
            case SessionStarted(settings=settings):
                lab = cast("dict[str, Stage]", settings.get("lab", {}))
                self.stage = lab.get("stage", 4)
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

    def _promoted(self, candidate: Digest) -> str | None:
        law = self.law
        if law is None or not law.charter.rules.people:
            return None
        if self.stage > law.charter.stage:
            return f"promoted at stage {self.stage}, where people allowed {law.charter.stage}"
        if self.stage == 4:
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
