"""Heads of a record that are kept elsewhere: against them an older copy, or another past, shows.

A witness holds lines, one head each, and only grows. It lies where whoever can write to the lab
cannot: on another disk, in a repository of somebody else. A head may be signed; then it says who
vouches that the record was so long, and so (RFC 9162, section 4.10, in a DSSE envelope).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from successor.errors import RecordError, UsageError
from successor.ledger import (
    Chartered,
    Entry,
    Event,
    GenerationClosed,
    Ledger,
    Lifted,
    Paused,
    Progress,
    RolledBack,
    Stopped,
)
from successor.oversight.rules import Rules, canonical
from successor.oversight.witness_places import Witness, witness_at
from successor.signing import Envelope, PublicKey, Sign, Statement, sealed, signers_of
from successor.types import Digest

TOLD = (Chartered, GenerationClosed, RolledBack, Paused, Lifted, Stopped)
"""After these a witness is told the head."""
HEAD = "application/vnd.successor.head+json"


@dataclass(frozen=True)
class Witnessed:
    """A head as a witness keeps it."""

    record: Digest
    """Identity of the record."""
    size: int
    root: Digest
    signed: Envelope | None = None

    @property
    def statement(self) -> Statement:
        """What is signed."""
        content = {"record": self.record, "size": self.size, "root": self.root}
        return Statement(HEAD, canonical(content))

    def to_line(self) -> bytes:
        """As it is kept, without the end of the line."""
        head = {"record": self.record, "size": self.size, "root": self.root}
        told = json.loads(self.signed.to_json()) if self.signed else None
        return json.dumps({**head, "signed": told} if told else head).encode()

    @classmethod
    def from_line(cls, line: bytes) -> Witnessed:
        """Read one.

        Raises:
            ValueError: when it is none.
        """
        try:
            told: dict[str, Any] = json.loads(line)
            record, size, root = told["record"], told["size"], told["root"]
            signed = told.get("signed")
            envelope = Envelope.from_json(json.dumps(signed).encode()) if signed else None
        except (KeyError, TypeError, AttributeError, UsageError) as error:
            raise ValueError(str(error)) from None
        texts = isinstance(record, str) and isinstance(root, str)
        if not texts or type(size) is not int or size < 1:
            raise ValueError("no head")
        return cls(record, size, root, envelope)


def head_of(ledger: Ledger, sign: Sign | None = None) -> Witnessed:
    """The head of a record as it is now."""
    head = Witnessed(ledger.identity, ledger.head.size, ledger.head.root)
    if sign is None:
        return head
    return Witnessed(head.record, head.size, head.root, sealed(head.statement, sign))


def tell(witness: Witness, head: Witnessed) -> None:
    """Add a head to a witness, to last through a power cut; one that it has is not added again.

    Raises:
        UsageError: when it cannot be written, or is no witness.
    """
    known = {(each.record, each.size, each.root) for each in heads_in(witness)}
    if head.signed is not None or (head.record, head.size, head.root) not in known:
        witness.add(head.to_line())


def follow(ledger: Ledger, witnesses: Sequence[Witness]) -> None:
    """Hold a record against its witnesses, and tell them its head whenever a generation or a
    session ends, and when people decided.

    Raises:
        UsageError: when a witness cannot be read or written.
        RecordError: when the record is not what a witness has seen.
    """
    for each in witnesses if ledger.head.size else ():
        require_witnessed(ledger, each)

    def hear(news: Entry[Event] | Progress) -> None:
        if isinstance(news, Entry) and isinstance(news.event, TOLD):
            for each in witnesses:
                tell(each, head_of(ledger))

    if witnesses:
        ledger.listen(hear)


def witnesses_of(folder: Path, rules: Rules | None) -> list[Witness]:
    """The witnesses of the lab in a folder, as its rules name them."""
    return [witness_at(each, folder) for each in (rules.witnesses if rules else ())]


def heads_in(witness: Witness) -> tuple[Witnessed, ...]:
    """What a witness keeps.

    Raises:
        UsageError: when it cannot be read, or a line is no head.
    """
    found: list[Witnessed] = []
    for number, line in enumerate(witness.lines(), start=1):
        try:
            found.append(Witnessed.from_line(line))
        except ValueError:
            raise UsageError(f"{witness}, line {number}: is no head of a record") from None
    return tuple(found)


def require_witnessed(ledger: Ledger, witness: Witness) -> int:
    """Make sure that a record goes on from every head of it that a witness has; how many there are.

    Raises:
        UsageError: when the witness cannot be read.
        RecordError: when the record is shorter than a head, or has another past.
    """
    mine = [head for head in heads_in(witness) if head.record == ledger.identity]
    roots = ledger.roots({head.size for head in mine})
    for head in mine:
        if head.size > ledger.head.size:
            raise RecordError(
                f"the record has {ledger.head.size} events, and {witness} has seen {head.size}: "
                "it is an older copy, or lost its end"
            )
        if roots[head.size] != head.root:
            raise RecordError(
                f"the first {head.size} events are not those that {witness} has seen: "
                "the past was rewritten"
            )
    return len(mine)


def require_known(ledger: Ledger, witness: Witness) -> int:
    """As `require_witnessed`, of a witness that must have seen the record.

    Raises:
        UsageError, RecordError: also when it has no head of it, for every record has a first one.
    """
    if not (count := require_witnessed(ledger, witness)):
        told = "it is another record, or nobody told that witness of it"
        raise RecordError(f"{witness} has no head of this record: {told}")
    return count


def vouched(head: Witnessed, keys: Sequence[PublicKey]) -> tuple[PublicKey, ...]:
    """Those of the keys that signed a head."""
    return signers_of([head.signed], head.statement, keys) if head.signed else ()
