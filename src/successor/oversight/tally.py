"""Who signed what people have to sign, and how many more must: counted here and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from successor.errors import RecordError
from successor.ledger import Ledger, Signed
from successor.oversight.approvals import (
    Adopted,
    adopted,
    adoption,
    approval,
    lift_of,
    not_in_force,
    reasons_by_person,
    restoring,
    rollback_of,
)
from successor.oversight.rules import Charter, Rules
from successor.signing import PublicKey, Statement
from successor.types import Digest, Record, Verdict

Act: TypeAlias = Literal["promotion", "rollback", "raise", "lift", "charter"]
CALLED: Mapping[Act, str] = {"raise": "raise of the stage", "lift": "lift of the pause"}
"""In a sentence, where one word does not say it."""


@dataclass(frozen=True)
class Tally:
    """The signatures under one act."""

    act: Act
    statement: Statement
    """What is signed, without a reason."""
    version: Digest | None
    """The one that it puts in charge, where it does."""
    needed: int
    signed: tuple[tuple[PublicKey, str | None], ...]
    """Who of the people signed, each once, and for what reason, where one was given."""
    others: tuple[PublicKey, ...]
    """Those who have not, and may."""
    changes: str = ""
    """Of a charter: in what it asks for less than the one in force."""

    @property
    def missing(self) -> int:
        """How many more must sign."""
        return max(0, self.needed - len(self.signed))

    @property
    def people(self) -> tuple[PublicKey, ...]:
        """Who signed."""
        return tuple(key for key, _ in self.signed)

    @property
    def called(self) -> str:
        """The act in a sentence."""
        return CALLED.get(self.act, self.act)

    @property
    def lacks(self) -> str:
        """How many signatures there are of those needed; nothing when there are enough."""
        if not self.missing:
            return ""
        names = ", ".join(key.comment for key in self.people)
        by = f", by {names}" if names else ""
        return f"the {self.called} has {len(self.signed)} of {self.needed} signatures{by}"

    def told(self) -> str:
        """The same with reasons, and who may still sign."""
        of = f" of {self.version[:8]}" if self.version and self.act == "promotion" else ""
        of = f" to {self.version[:8]}" if self.version and self.act == "rollback" else of
        each = (f"{key.comment} ({why})" if why else key.comment for key, why in self.signed)
        by = f"signed by {', '.join(each)}" if self.signed else "signed by nobody"
        may = ", ".join(key.comment for key in self.others)
        left = f"{self.missing} more must, of {may}" if self.missing else "that is enough"
        of = f" ({self.changes})" if self.changes else of
        return f"{self.called}{of}: {by}; {left}"

    def fields(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "act": self.act,
            "version": self.version,
            "needed": self.needed,
            "signed": [{"name": key.comment, "reason": why} for key, why in self.signed],
            "missing": self.missing,
            "others": [key.comment for key in self.others],
            "told": self.told(),
        }


def tally_of(
    act: Act, statement: Statement, rules: Rules, record: Record, version: Digest | None = None
) -> Tally:
    """Count the signatures on record under a statement, by the rules that ask for them."""
    found = reasons_by_person(rules, statement, record.signatures(statement.body))
    machines = {each.public for each in rules.machines}
    people = [each.public for each in rules.people if each.public not in machines]
    needed = {"promotion": rules.promotion, "rollback": rules.promotion, "lift": 1}
    return Tally(
        act,
        statement,
        version,
        needed.get(act, rules.change),
        tuple(found.items()),
        tuple(dict.fromkeys(each for each in people if each not in found)),
    )


def unsigned(verdict: Verdict, record: Record) -> str:
    """What a promotion still lacks, in a few words; nothing when enough people signed it."""
    law = _peoples(adopted(record))
    if law is None:
        return ""
    return tally_of("promotion", approval(verdict, law), law.charter.rules, record).lacks


def charter_tally(now: Charter, record: Ledger) -> Tally:
    """Who signed a charter: people of the one in force; of the first, its own."""
    law = adopted(record)
    rules = law.charter.rules if law and law.charter.rules.people else now.rules
    statement = adoption(record.identity, law.digest if law else None, now)
    changes = not_in_force(now, law) if law else ""
    return replace(tally_of("charter", statement, rules, record), changes=changes)


def promotion_tally(record: Ledger) -> Tally | None:
    """Of the candidate that waits; None where nothing has to be signed."""
    proposal, law = record.waiting(), _peoples(adopted(record))
    if proposal is None or law is None:
        return None
    statement, name = approval(proposal.verdict, law), proposal.candidate.id
    return tally_of("promotion", statement, law.charter.rules, record, name)


def rollback_tally(record: Ledger, version: Digest) -> Tally | None:
    """Of a version that is to be in charge again."""
    if (law := _peoples(adopted(record))) is None:
        return None
    statement = rollback_of(record, law, version)
    return tally_of("rollback", statement, law.charter.rules, record, version)


def raise_tally(record: Ledger) -> Tally | None:
    """Of the stage that a tripwire lowered."""
    law, tripwire = _peoples(adopted(record)), record.tripped
    if law is None or tripwire is None:
        return None
    statement = restoring(record, tripwire)
    return tally_of("raise", statement, law.charter.rules, record)


def lift_tally(record: Ledger) -> Tally | None:
    """Of the pause."""
    law, pause = _peoples(adopted(record)), record.paused
    if law is None or pause is None:
        return None
    return tally_of("lift", lift_of(record, pause), law.charter.rules, record)


def open_acts(record: Ledger) -> tuple[Tally, ...]:
    """All that waits for people to sign it, or that some have begun to: what holds most up first.

    Of charters, the last that somebody signed since one came into force; whether the lab's files
    still say that, the record does not know.
    """
    held = (lift_tally(record), raise_tally(record), promotion_tally(record))
    begun = [*_begun(record)]
    charters = [each for each in begun if each.act == "charter"]
    rollbacks = [each for each in begun if each.act == "rollback"]
    return (*(each for each in held if each), *charters[-1:], *rollbacks)


def _begun(record: Ledger) -> Iterator[Tally]:
    """Charters and rollbacks that people signed and that are not done: what is done, or was signed
    for another state of the record, has another statement now.
    """
    for body in _statements(record):
        content: dict[str, Any] = json.loads(body)
        found, charter, version = None, content.get("charter"), content.get("version")
        with suppress(RecordError):  # whatever else was signed
            if isinstance(charter, dict):
                found = charter_tally(Charter.of(cast("dict[str, Any]", charter)), record)
            elif isinstance(version, str):
                found = rollback_tally(record, version)
        if found and found.statement.body == body and found.signed:
            yield found


def _statements(record: Ledger) -> Iterator[bytes]:
    """All that was signed and is JSON, without reasons, each once, in the order of the record."""
    seen = dict[bytes, None]()
    for entry in record.entries(Signed):
        body = Statement("", record.object(entry.event.statement)).bare.body
        with suppress(ValueError, RecursionError):
            if isinstance(json.loads(body), dict):
                seen[body] = None
    return iter(seen)


def _peoples(law: Adopted | None) -> Adopted | None:
    """The charter in force, if it names people."""
    return law if law and law.charter.rules.people else None
