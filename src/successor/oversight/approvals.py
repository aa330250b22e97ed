"""What people sign, and whether enough of them did.

An approval names the candidate, the evidence, the charter and the version that it takes over
from; a charter names its record and the charter before it; a lift names its record, the head at
which that was paused, and the pause; a rollback its record, both versions and the head at which
one of them took over; what raises a stage again its record, and the tripwire with the head. So none
counts in another place. All but a charter are signed with a reason, which each person may have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from successor.errors import RecordError
from successor.ledger import Entry, Ledger, Lowered, Paused
from successor.oversight.rules import Charter, Rules, canonical, loosened
from successor.signing import Envelope, PublicKey, Statement, signers_of
from successor.types import Digest, Record, Verdict

APPROVAL = "application/vnd.successor.approval+json"
CHARTER = "application/vnd.successor.charter+json"
LIFT = "application/vnd.successor.lift+json"
ROLLBACK = "application/vnd.successor.rollback+json"
RESTORE = "application/vnd.successor.restore+json"
REASONED = frozenset({APPROVAL, LIFT, ROLLBACK, RESTORE})
"""What is signed with a reason; before there were reasons in it, it was signed without."""


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


def rollback_of(record: Ledger, law: Adopted, version: Digest) -> Statement:
    """What puts a version in charge again: in place of this one, and this once."""
    incumbent, since = record.incumbent(), record.in_charge_since
    gives_way = incumbent.id if incumbent else None
    return rollback(record.identity, record.root_at(since), law, (gives_way, version))


def rollback(
    record: Digest, head: Digest, law: Adopted, versions: tuple[Digest | None, Digest]
) -> Statement:
    """The same, of its parts.

    Args:
        head: of the record when the version that gives way took over.
        versions: the one that gives way, and the one that is in charge again.
    """
    content = {
        "record": record,
        "head": head,
        "policy": law.digest,
        "incumbent": versions[0],
        "version": versions[1],
    }
    return Statement(ROLLBACK, canonical(content))


def restoring(record: Ledger, tripwire: Entry[Lowered]) -> Statement:
    """What lets the policy decide again after exactly this tripwire, and none that comes later."""
    content = {
        "record": record.identity,
        "head": record.root_at(tripwire.seq),
        "tripwire": {**asdict(tripwire.event), "time": tripwire.time},
    }
    return Statement(RESTORE, canonical(content))


def people_who_signed(
    rules: Rules, statement: Statement, envelopes: Iterable[bytes]
) -> tuple[PublicKey, ...]:
    """The people, each once, who signed exactly this, or this with a reason. Keys of machines never
    count.
    """
    return tuple(reasons_by_person(rules, statement, envelopes))


def reasons_by_person(
    rules: Rules, statement: Statement, envelopes: Iterable[bytes]
) -> dict[PublicKey, str | None]:
    """The same people, and why they did; of several reasons, the last."""
    return dict(_signed(rules, statement, envelopes))


def reasons_signed(
    rules: Rules, statement: Statement, envelopes: Iterable[bytes]
) -> frozenset[str | None]:
    """Why people signed it; None stands for a signature without a reason."""
    return frozenset(reason for _, reason in _signed(rules, statement, envelopes))


def _signed(
    rules: Rules, statement: Statement, envelopes: Iterable[bytes]
) -> Iterator[tuple[PublicKey, str | None]]:
    """Every person who signed, in the order of the rules, and why."""
    machines = {holder.public for holder in rules.machines}
    people = [each.public for each in rules.people if each.public not in machines]
    read = [Envelope.from_json(each) for each in envelopes]
    said = [each.statement.reason for each in read] if statement.kind in REASONED else []
    meant = {reason: statement.because(reason) for reason in said if reason is not None}
    for key in people:
        for reason, each in ((None, statement), *meant.items()):
            if signers_of(read, each, [key]):
                yield key, reason


def not_in_force(now: Charter | None, law: Adopted | None) -> str:
    """Why a run may not go by a charter, in a few words; nothing when it may."""
    if law is None:
        return "policy.toml is not in force yet" if now and now.rules.people else ""
    if now is None:
        return "policy.toml is gone"
    return ", ".join(loosened(law.charter, now))
