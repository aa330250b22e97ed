"""What people sign, and whether enough of them did.

An approval names the candidate, the evidence, the charter and the version that it takes over
from; a charter names its record and the charter before it; a lift names its record, the head at
which that was paused, and the pause. So none counts in another place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from successor.errors import RecordError
from successor.ledger import Entry, Ledger, Paused
from successor.oversight.rules import Charter, Rules, canonical, loosened
from successor.signing import Envelope, PublicKey, Statement, signers_of
from successor.types import Digest, Record, Verdict

APPROVAL = "application/vnd.successor.approval+json"
CHARTER = "application/vnd.successor.charter+json"
LIFT = "application/vnd.successor.lift+json"


@dataclass(frozen=True)
class Adopted:
    """A charter that came into force."""

    charter: Charter
    digest: Digest
    """Of what was signed."""


def adopted(record: Record) -> Adopted | None:
    """The charter in force; None when there never was one."""
    body = record.charter()
    return None if body is None else read_adopted(body)


@lru_cache(maxsize=64)
def read_adopted(body: bytes) -> Adopted:
    """The charter of what was signed.

    Raises:
        RecordError: when it is none.
    """
    try:
        content: Any = json.loads(body)["charter"]
    except (ValueError, KeyError, TypeError):
        raise RecordError("a charter on record cannot be read: it is no JSON") from None
    return Adopted(Charter.of(content), sha256(body).hexdigest())


def adoption(record: Digest, parent: Digest | None, charter: Charter) -> Statement:
    """What puts a charter in force.

    Args:
        record: leaf hash of the record's first event.
        parent: digest of the charter that was in force; None for the first.
    """
    content = {"record": record, "parent": parent, "charter": charter.content()}
    return Statement(CHARTER, canonical(content))


def approval(verdict: Verdict, law: Adopted) -> Statement:
    """What puts a candidate in charge."""
    evidence = sha256(canonical(asdict(verdict))).hexdigest()
    content = {
        "candidate": verdict.candidate,
        "evidence": evidence,
        "policy": law.digest,
        "parent": verdict.incumbent,
    }
    return Statement(APPROVAL, canonical(content))


def lift_of(record: Ledger, pause: Entry[Paused]) -> Statement:
    """What lifts a pause: exactly this one, of this record as it was then."""
    content = {
        "record": record.identity,
        "head": record.root_at(pause.seq),
        "pause": {**asdict(pause.event), "time": pause.time},
    }
    return Statement(LIFT, canonical(content))


def people_who_signed(
    rules: Rules, statement: Statement, envelopes: Iterable[bytes]
) -> tuple[PublicKey, ...]:
    """The people, each once, who signed exactly this. Keys of machines never count."""
    machines = {holder.public for holder in rules.machines}
    people = [each.public for each in rules.people if each.public not in machines]
    return signers_of(map(Envelope.from_json, envelopes), statement, people)


def unsigned(verdict: Verdict, record: Record) -> str:
    """What a promotion still lacks, in a few words; nothing when enough people signed it."""
    law = adopted(record)
    if law is None or not law.charter.rules.people:
        return ""
    rules, statement = law.charter.rules, approval(verdict, law)
    signed = people_who_signed(rules, statement, record.signatures(statement.body))
    return _lacking(signed, rules.promotion, "promotion")


def not_in_force(now: Charter | None, law: Adopted | None) -> str:
    """Why a run may not go by a charter, in a few words; nothing when it may."""
    if law is None:
        return "policy.toml is not in force yet" if now and now.rules.people else ""
    if now is None:
        return "policy.toml is gone"
    return ", ".join(loosened(law.charter, now))


def missing_for_charter(
    now: Charter, statement: Statement, record: Record
) -> tuple[tuple[PublicKey, ...], int]:
    """Who signed a charter, and how many more must.

    They are people of the charter in force; of the first, its own.
    """
    law = adopted(record)
    rules = law.charter.rules if law and law.charter.rules.people else now.rules
    signed = people_who_signed(rules, statement, record.signatures(statement.body))
    return signed, max(0, rules.change - len(signed))


def _lacking(signed: tuple[PublicKey, ...], needed: int, what: str) -> str:
    if len(signed) >= needed:
        return ""
    names = ", ".join(key.comment for key in signed)
    by = f", by {names}" if names else ""
    return f"the {what} has {len(signed)} of {needed} signatures{by}"
