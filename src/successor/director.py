"""What a human does with a lab: decide on a candidate, roll back, sign, change the rules.

To pause one and to lift that is in `pausing`.

Whoever signs proves to be one of the people in `policy.toml`; who they are otherwise is what the
operating system says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from successor.errors import UsageError
from successor.lab import Lab, user
from successor.ledger import Choice, Ledger, Look, Review
from successor.oversight import (
    Charter,
    adopted,
    adoption,
    approval,
    missing_for_charter,
    not_in_force,
    people_who_signed,
    stopfile,
    unsigned,
)
from successor.signing import Envelope, PublicKey, Sign, Statement, sealed
from successor.types import Version


def review(
    lab: Lab,
    choice: Choice,
    reason: str = "not said",
    *,
    look: Look | None = None,
    files: Mapping[str, bytes] | None = None,
    signed: Sign | Envelope | None = None,
) -> Lab:
    """The lab once a human has chosen what becomes of the candidate that waits.

    Args:
        choice: "accept", "reject", "edit" or, to leave it waiting, "later".
        reason: kept on record, with the name of the user.
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
    ledger = lab.parts.ledger
    stopfile.settle(ledger)
    ledger.require_going()
    who = _endorsed(lab, signed) if choice == "accept" else None
    proposal = ledger.waiting()
    lacks = unsigned(proposal.verdict, ledger) if proposal and choice == "accept" else ""
    chosen: Choice = "later" if lacks else choice
    told = f"{reason} ({lacks})" if lacks else reason
    ledger.review(Review(chosen, who or user(), told, look, files), lab.parts.overseer)
    return replace(lab, version=ledger.incumbent(), stop=None)


def approval_of(ledger: Ledger) -> Statement | None:
    """What has to be signed to accept the candidate that waits; None where nothing has to be."""
    proposal, law = ledger.waiting(), adopted(ledger)
    if proposal is None or law is None or not law.charter.rules.people:
        return None
    return approval(proposal.verdict, law)


def signatories(lab: Lab) -> tuple[PublicKey, ...]:
    """Those whose signature counts under a promotion; empty where none is needed."""
    law = adopted(lab.parts.ledger)
    return tuple(each.public for each in law.charter.rules.people) if law else ()


def _endorsed(lab: Lab, signed: Sign | Envelope | None) -> str | None:
    """Take in a signature under a promotion; the name of whoever signed."""
    statement, law = approval_of(lab.parts.ledger), adopted(lab.parts.ledger)
    if statement is None or law is None:
        if signed is not None and lab.parts.ledger.waiting():
            raise UsageError(f"{lab.folder}: no policy.toml in force names people who sign")
        return None
    rules, people = law.charter.rules, signatories(lab)
    if signed is None:
        names = ", ".join(each.name for each in rules.people)
        raise UsageError(f"a promotion here needs a signature, of: {names}; give --key NAME")
    key = taken_in(lab.parts.ledger, statement, signed, people)
    others = people_who_signed(rules, statement, lab.parts.ledger.signatures(statement.body))
    return ", ".join(each.comment for each in others) or key.comment


def roll_back(lab: Lab, to: str | None = None, reason: str = "not said") -> Lab:
    """The lab with an earlier version in charge again: the one before, when none is named.

    Args:
        to: a version that was in charge, by its id or by the beginning of it.
        reason: kept on record, with the name of the user.

    Raises:
        UsageError: when there is no such version, or none before.
    """
    ledger = lab.parts.ledger
    stopfile.settle(ledger)
    ledger.require_going()
    incumbent = ledger.incumbent()
    line = [*ledger.lineage(incumbent.id)] if incumbent else list[Version]()
    if to is None and len(line) < 2:
        raise UsageError(f"{lab.folder}: no version was in charge before this one")
    ledger.roll_back(line[-2].id if to is None else ledger.named(to), user(), reason)
    return replace(lab, version=ledger.incumbent(), stop=None)


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
    statement = adoption(ledger.identity, law.digest if law else None, now)
    signed, missing = missing_for_charter(now, statement, ledger)
    return Standing(now, in_force, changes, signed, missing, statement)


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
            names = ", ".join(each.comment for each in people)
            raise UsageError(f"the key {key.comment!r} is none of this lab's people: {names}")
    ledger.sign(statement.body, envelope.to_json())
    return next(each for each in people if each == key)


def _signed_by(envelope: Envelope, statement: Statement, key: PublicKey) -> bool:
    return any(key.verifies(signature, statement.signed) for _, signature in envelope.signatures)
