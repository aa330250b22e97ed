"""What a human does with a lab: decide on a candidate, roll back, sign, change the rules, let the
policy decide again after a tripwire, pick what comes first.

To pause one and to lift that is in `pausing`.

Whoever signs proves to be one of the people in `policy.toml`; who they are otherwise is what the
operating system says.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from successor.errors import UnsignedError, UsageError
from successor.host import user
from successor.lab import Lab, charter_of, record_of
from successor.ledger import Choice, Directed, Ledger, Look, Proposed, Review, picks, require_text
from successor.ledger.disk import reader_lock
from successor.ledger.objects import require_beginning
from successor.oversight import (
    Charter,
    Tally,
    adopted,
    charter_tally,
    not_in_force,
    promotion_tally,
    raise_tally,
    rollback_tally,
    stopfile,
    tally_of,
)
from successor.signing import Envelope, PublicKey, Sign, Statement, sealed
from successor.types import Digest, Version

NOT_SAID = "not said"


def review(
    lab: Lab,
    choice: Choice,
    reason: str = NOT_SAID,
    *,
    look: Look | None = None,
    files: Mapping[str, bytes] | None = None,
    signed: Sign | Envelope | None = None,
) -> Lab:
    """The lab once a human has chosen what becomes of the candidate that waits.

    Args:
        choice: "accept", "reject", "edit" or, to leave it waiting, "later".
        reason: kept on record, with the name of the user; where people sign, it is signed, too.
        look: what was shown, and for how long.
        files: with "edit", every file of what takes its place: a candidate like any other,
            which the next generation examines and judges.
        signed: with "accept", who signs it, or an envelope that was signed elsewhere. As long as
            more people have to sign, the candidate goes on waiting.

    Raises:
        UsageError: when nothing waits, what was edited was a candidate before, or a promotion
            needs signatures and this is none that counts.
    """
    if (choice == "edit") != (files is not None):
        raise UsageError("files are for the choice 'edit', and it needs them")
    require_text(reason, "the reason")
    ledger = lab.parts.ledger
    stopfile.settle(ledger)
    ledger.require_going()
    backing = Backing(user(), reason)
    if choice == "accept" and ledger.waiting() is not None:
        _require_in_force(lab)
        backing = _backed(lab, promotion_tally(ledger), "promotion", reason, signed)
    lacks = backing.lacks
    chosen: Choice = "later" if lacks else choice
    told = f"{backing.reason} ({lacks})" if lacks else backing.reason
    ledger.review(Review(chosen, backing.who, told, look, files), lab.parts.overseer)
    return replace(lab, version=ledger.incumbent(), stop=None)


def approval_of(ledger: Ledger) -> Statement | None:
    """What has to be signed to accept the candidate that waits; None where nothing has to be."""
    found = promotion_tally(ledger)
    return found.statement if found else None


def signatories(lab: Lab) -> tuple[PublicKey, ...]:
    """Those whose signature counts under a promotion; empty where none is needed."""
    law = adopted(lab.parts.ledger)
    return tuple(each.public for each in law.charter.rules.people) if law else ()


@dataclass(frozen=True)
class Backing:
    """Who is behind what is done."""

    who: str
    reason: str
    """The one that was signed, where it was."""
    lacks: str = ""
    """How many signatures there are of those needed; nothing when there are enough."""


def _backed(
    lab: Lab, asked: Tally | None, what: str, reason: str, signed: Sign | Envelope | None
) -> Backing:
    """Take in a signature under what a person wants to be done.

    Args:
        asked: how its signatures stand; None where nobody has to sign.

    Raises:
        UsageError: when it has to be signed and is not, or the signature does not count.
    """
    require_text(reason, "the reason")
    ledger, law = lab.parts.ledger, adopted(lab.parts.ledger)
    if asked is None or law is None:
        if signed is not None:
            raise UsageError(f"{lab.folder}: no policy.toml in force names people who sign")
        return Backing(user(), reason)
    rules = law.charter.rules
    if signed is None:
        names = ", ".join(each.name for each in rules.people)
        many = "a signature" if asked.needed == 1 else f"signatures of {asked.needed} people"
        raise UsageError(f"a {what} here needs {many}, of: {names}; give --key NAME")
    worded, reason = with_reason(asked.statement, reason, signed)
    key = taken_in(ledger, worded, signed, signatories(lab))
    now = tally_of(asked.act, asked.statement, rules, ledger)
    who = ", ".join(each.comment for each in now.people) or key.comment
    return Backing(who, reason, now.lacks)


def _require_in_force(lab: Lab) -> None:
    """Decide nothing by files that ask for more than people signed, such as another witness.

    Raises:
        UnsignedError: when they do.
    """
    if told := not_in_force(lab.charter, adopted(lab.parts.ledger)):
        raise UnsignedError(
            f"{lab.folder}: people have not signed what its files say: {told}.\nPut them back, or "
            f"have it signed: successor policy sign {lab.folder} --key NAME"
        )


def with_reason(
    statement: Statement, reason: str, signed: Sign | Envelope | None
) -> tuple[Statement, str]:
    """What is signed, reason and all. Of an envelope the reason is the one in it.

    Raises:
        UsageError: when another one was given.
    """
    if isinstance(signed, Envelope):
        said = signed.statement.reason
        if said is None:  # it was signed before reasons were part of it
            return statement, reason
        if reason not in (NOT_SAID, said):
            raise UsageError(f"the envelope gives another reason, {said!r}: leave --reason out")
        reason = said
    return statement.because(reason), reason


def roll_back(
    lab: Lab,
    to: str | None = None,
    reason: str = NOT_SAID,
    *,
    signed: Sign | Envelope | None = None,
) -> Lab:
    """The lab with an earlier version in charge again: the one before, when none is named.

    Args:
        to: a version that was in charge, by its id or by the beginning of it.
        reason: kept on record, with the name of the user; where people sign, it is signed, too.
        signed: who signs it, or an envelope that was signed elsewhere; needed where a charter in
            force names people, of as many as a promotion.

    Raises:
        UsageError: when there is no such version, or none before, or it needs signatures and this
            is none that counts.
        UnsignedError: when more people have to sign first.
    """
    ledger = lab.parts.ledger
    stopfile.settle(ledger)
    ledger.require_going()
    _require_in_force(lab)
    version = version_before(ledger, to)
    backing = _backed(lab, rollback_tally(ledger, version), "rollback", reason, signed)
    if backing.lacks:
        raise UnsignedError(f"{lab.folder}: {backing.lacks}; more sign it the same way, --key NAME")
    ledger.roll_back(version, backing.who, backing.reason)
    return replace(lab, version=ledger.incumbent(), stop=None)


def version_before(ledger: Ledger, to: str | None = None) -> Digest:
    """The version that a rollback puts in charge: the one that is named, or the one before.

    Raises:
        UsageError: when there is none, or it cannot be put in charge.
    """
    incumbent = ledger.incumbent()
    line = [*ledger.lineage(incumbent.id)] if incumbent else list[Version]()
    if to is None and len(line) < 2:
        raise UsageError(f"{ledger.folder.parent}: no version was in charge before this one")
    version = line[-2].id if to is None else ledger.named(to)
    ledger.require_promoted(version)
    return version


def rolling_back(ledger: Ledger, version: Digest) -> Statement | None:
    """What has to be signed to put a version in charge again; None where nothing has to be."""
    found = rollback_tally(ledger, version)
    return found.statement if found else None


def raising(ledger: Ledger) -> Statement | None:
    """What has to be signed to let the policy decide again; None where nothing has to be."""
    found = raise_tally(ledger)
    return found.statement if found else None


def restore(lab: Lab, reason: str, signed: Sign | Envelope | None = None) -> str:
    """Let the policy decide again, after a tripwire; the names of those who did.

    Args:
        reason: kept on record; where people sign, it is signed, too.
        signed: as for a rollback, of as many people as a change of the charter takes.

    Raises:
        UsageError: when no tripwire lowered the stage, or it needs signatures and this is none
            that counts.
        UnsignedError: when more people have to sign first.
    """
    ledger = lab.parts.ledger
    stopfile.settle(ledger)
    ledger.require_going()
    if ledger.tripped is None:
        raise UsageError(f"{lab.folder}: no tripwire lowered the stage")
    _require_in_force(lab)
    backing = _backed(lab, raise_tally(ledger), "raise of the stage", reason, signed)
    if backing.lacks:
        raise UnsignedError(f"{lab.folder}: {backing.lacks}; more sign it the same way, --key NAME")
    ledger.restore(backing.who, backing.reason)
    return backing.who


def direct(
    folder: Path, proposed: Sequence[Proposed], chosen: int | None, reason: str = NOT_SAID
) -> bool:
    """Pick what the next generation that begins turns to first; whether it is on record already. A
    run that is at work finds it when it begins the next one.

    What is better and what may take over is asked as ever: a pick needs no signature.

    Args:
        proposed: what the choice was from, the machine's own pick first.
        chosen: the place among them; None takes an earlier pick back.

    Raises:
        UsageError: when nothing is on record.
        RecordError: when the record does not verify.
    """
    record, who = record_of(folder), user()
    picked = Directed(tuple(proposed), chosen, who, reason, round(time.time(), 3))
    with Ledger.read(record) as ledger:
        seed = ledger.seed
    with reader_lock(record / "lock") as at_rest:
        pass
    with suppress(UsageError):  # a run may begin just now
        if at_rest:
            with Ledger.open(record, settings={}, seed=seed) as ledger:
                ledger.direct(picked)
            return True
    picks.leave(record, picked)
    stopfile.show_life(record, who)
    return False


@dataclass(frozen=True)
class Standing:
    """How a charter stands."""

    now: Charter | None
    """What the lab's files say; None where they say nothing."""
    in_force: Charter | None
    changes: str
    """What the lab asks that is not in force; nothing when a run may go by it."""
    signed: tuple[PublicKey, ...]
    """Who of the people signed what the files say."""
    missing: int
    """How many more must."""
    statement: Statement | None
    """What they have to sign; None where that is nothing, or nothing is on record yet."""


def standing(now: Charter | None, ledger: Ledger | None) -> Standing:
    """How what a lab's files say stands to what is in force; changes nothing.

    Args:
        ledger: None where nothing is on record yet.
    """
    law = adopted(ledger) if ledger else None
    in_force = law.charter if law else None
    changes = not_in_force(now, law)
    if now is None or not (changes or _differs(now, in_force)):
        return Standing(now, in_force, changes, (), 0, None)
    if ledger is None:
        return Standing(now, None, changes, (), now.rules.change, None)
    found = charter_tally(now, ledger)
    return Standing(now, in_force, changes, found.people, found.missing, found.statement)


def standing_of(folder: Path) -> Standing:
    """How a lab's charter stands, of its files and its record.

    Raises:
        UsageError: when a setting is wrong, or the lab's files are gone.
        RecordError: when the record does not verify.
    """
    record = record_of(folder)
    on_record = (record / "record.sqlite").is_file()
    if on_record and not (folder / "successor.toml").is_file():
        told = "is a record without its lab: no files are there that could be held against it"
        raise UsageError(f"{folder} {told}; successor audit, status and replay need none")
    now = charter_of(folder)
    if not on_record:
        require_beginning(record)  # or its events are lost
        return standing(now, None)
    with Ledger.read(record) as ledger:
        return standing(now, ledger if ledger.head.size else None)


def _differs(now: Charter, law: Charter | None) -> bool:
    return law is not None and now.content() != law.content()


def sign_charter(lab: Lab, signed: Sign | Envelope) -> Standing:
    """Sign what the lab's files say; once enough people did, it is in force.

    Raises:
        UsageError: when there is nothing to sign, or the key is nobody's who may.
    """
    ledger = lab.parts.ledger
    ledger.started()  # what is signed is for this record
    stands = standing(lab.charter, ledger)
    if stands.statement is None or stands.now is None:
        raise UsageError(f"{lab.folder}: what policy.toml and successor.toml say is in force")
    law = adopted(ledger)
    rules = law.charter.rules if law and law.charter.rules.people else stands.now.rules
    taken_in(ledger, stands.statement, signed, tuple(each.public for each in rules.people))
    stands = standing(lab.charter, ledger)
    if stands.statement is not None and stands.missing == 0:
        ledger.adopt(stands.statement.body)
        stands = standing(lab.charter, ledger)
    return stands


def taken_in(
    ledger: Ledger, statement: Statement, signed: Sign | Envelope, people: Sequence[PublicKey]
) -> PublicKey:
    """Put a signature on record; the key of whoever it is of.

    Raises:
        UsageError: when it is none of these people's, or of another statement.
    """
    if isinstance(signed, Envelope):
        same = signed.statement == statement
        named = [key for key in people if same and _signed_by(signed, statement, key)]
        if not named:
            raise UsageError("nobody of this lab's people signed exactly this")
        envelope, key = signed, named[0]
    else:
        key, envelope = signed[0], sealed(statement, signed)
        if key not in people:
            for each in people:
                if each.comment == key.comment:
                    here = f"the key {key.comment!r} here is {key.fingerprint}"
                    raise UsageError(f"{here}; that of this lab's people is {each.fingerprint}")
            names = ", ".join(each.comment for each in people)
            raise UsageError(f"the key {key.comment!r} is none of this lab's people: {names}")
    ledger.sign(statement.body, envelope.to_json())
    return next(each for each in people if each == key)


def _signed_by(envelope: Envelope, statement: Statement, key: PublicKey) -> bool:
    return any(key.verifies(signature, statement.signed) for _, signature in envelope.signatures)
