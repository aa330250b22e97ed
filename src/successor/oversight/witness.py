"""Heads of a record that are kept elsewhere: against them an older copy, or another past, shows.

A witness holds lines, one head each, and only grows. It lies where whoever can write to the lab
cannot: on another disk, in a repository of somebody else. A head may be signed; then it says who
vouches that the record was so long, and so (RFC 9162, section 4.10, in a DSSE envelope).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
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
from successor.oversight.approvals import adopted, read_adopted
from successor.oversight.rules import Rules, canonical
from successor.oversight.witness_places import Witness, witness_at
from successor.signing import (
    Envelope,
    PublicKey,
    Sign,
    Statement,
    public_keys,
    sealed,
    signer,
    signers_of,
)
from successor.signing.keys import folder, is_locked
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


def automation(rules: Rules | None) -> Sign | None:
    """What signs heads unasked: the first of the lab's machines whose key is here and asks for no
    passphrase; None where there is none.

    Raises:
        UsageError: when a key that is kept here is none.
    """
    here = public_keys() if rules and rules.machines else {}
    for machine in rules.machines if rules else ():
        for name, key in here.items():
            if key == machine.public and (folder() / name).is_file() and not is_locked(name):
                return signer(name, None)
    return None


def follow(ledger: Ledger, witnesses: Sequence[Witness], sign: Sign | None = None) -> None:
    """Hold a record against its witnesses, and tell them its head whenever a generation or a
    session ends, and when people decided.

    Args:
        sign: signs each head, where there is somebody to.

    Raises:
        UsageError: when a witness cannot be read or written.
        RecordError: when the record is not what a witness has seen.
    """
    for each in witnesses if ledger.head.size else ():
        require_witnessed(ledger, each)
        _require_remembered(ledger, each)

    def hear(news: Entry[Event] | Progress) -> None:
        if isinstance(news, Entry) and isinstance(news.event, TOLD):
            for each in witnesses:
                tell(each, head_of(ledger, sign))

    if witnesses:
        ledger.listen(hear)


def _require_remembered(ledger: Ledger, witness: Witness) -> None:
    """Make sure that a witness has what it was told, but for the last of it: a kill may have come
    between that and telling it.
    """
    law, lab = adopted(ledger), ledger.folder.parent
    if law is None or witness not in [
        witness_at(each, lab) for each in law.charter.rules.witnesses
    ]:
        return
    since = ledger.entries(Chartered)[-1].seq
    told = [each.seq + 1 for each in ledger.entries(GenerationClosed) if each.seq > since][:-1]
    known = max(
        (head.size for head in heads_in(witness) if head.record == ledger.identity), default=0
    )
    if told and known < told[-1]:
        raise RecordError(
            f"{witness} should know of {told[-1]} events, and knows of {known}: it lost its end, "
            "or never got it.\n"
            f"Put it back; if you are sure of all: successor head {lab} --to {witness}"
        )


def witnesses_of(lab: Path, rules: Rules | None) -> list[Witness]:
    """The witnesses of the lab in a folder, as its rules name them."""
    return [witness_at(each, lab) for each in (rules.witnesses if rules else ())]


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
    keys = keyholders(ledger) if any(head.signed for head in mine) else ()
    roots = ledger.roots({head.size for head in mine})
    for head in mine:
        if head.size > ledger.head.size:
            raise RecordError(
                f"the record has {ledger.head.size} events, and {witness} has seen {head.size}: "
                f"it is an older copy, or lost its end{_word(head, keys)}"
            )
        if roots[head.size] != head.root:
            raise RecordError(
                f"the first {head.size} events are not those that {witness} has seen: "
                f"the past was rewritten{_word(head, keys)}"
            )
    return len(mine)


def _word(head: Witnessed, keys: Sequence[PublicKey]) -> str:
    """Whose word it is against the record's."""
    names = ", ".join(key.comment for key in vouched(head, keys))
    if names:
        return f" (signed by {names})"
    told = "nobody signed" if head.signed is None else "none of the lab's keys signed"
    return f" (or that head is false, which {told})"


@dataclass(frozen=True)
class Testimony:
    """What a witness says of a record."""

    heads: int
    """From which the record goes on."""
    signed: Mapping[str, int]
    """How many of them each of the people and machines signed, by name."""
    unsigned: int
    """Heads under which nothing is signed: they are believed for where the witness lies."""


def require_known(ledger: Ledger, witness: Witness) -> Testimony:
    """As `require_witnessed`, of a witness that must have seen the record, and no signature of
    which is forged.

    Raises:
        UsageError, RecordError: also when it has no head of the record, for every record has a
            first one; when a head says that it is signed, and that is by no key that any charter
            of the record names; and when the charter in force names it, and it lost what it was
            told.
    """
    keys, told = keyholders(ledger), heads_in(witness)
    signed, unsigned = Counter[str](), 0
    for number, head in enumerate(told, start=1):
        if head.record != ledger.identity:
            continue
        unsigned += head.signed is None
        by = vouched(head, keys)
        if head.signed is not None and keys and not by:
            raise RecordError(
                f"{witness}, line {number}: the head of {head.size} events is signed by none of "
                "the people and machines of this lab: it is forged, or the record is not the one "
                "that its signer saw"
            )
        signed.update(key.comment for key in by)
    if not told:
        raise RecordError(f"{witness} is no witness: there is no head of any record in it")
    if not (count := require_witnessed(ledger, witness)):
        what = "it is another record, or nobody told that witness of it"
        raise RecordError(f"{witness} has no head of this record: {what}")
    _require_remembered(ledger, witness)
    return Testimony(count, signed, unsigned)


def keyholders(ledger: Ledger) -> tuple[PublicKey, ...]:
    """The people and machines of all charters that were ever in force on a record: a head that one
    of them signed then still counts.
    """
    adopted = (
        read_adopted(ledger.object(each.event.charter)) for each in ledger.entries(Chartered)
    )
    rules = [each.charter.rules for each in adopted]
    return tuple(dict.fromkeys(k.public for r in rules for k in (*r.people, *r.machines)))


def vouched(head: Witnessed, keys: Sequence[PublicKey]) -> tuple[PublicKey, ...]:
    """Those of the keys that signed a head."""
    return signers_of([head.signed], head.statement, keys) if head.signed else ()
