"""What rollbacks took out of charge, and whether that still holds."""

from __future__ import annotations

from dataclasses import dataclass

from successor.ledger import Decided, Entry, Ledger, RolledBack
from successor.types import Decision, Digest


@dataclass(frozen=True)
class Taking:
    """One rollback, and what gave way to it."""

    entry: Entry[RolledBack]
    gave_way: Digest
    """The version that was in charge."""
    out_of_charge: tuple[Digest, ...]
    """It, and those before it that are not of the line of what took over; oldest first."""
    revoked: tuple[Digest, ...]
    """Those of them that nobody builds on now; the others were put in charge again."""


def takings(ledger: Ledger) -> tuple[Taking, ...]:
    """Every rollback on record, the oldest first."""
    found, incumbent, revoked = list[Taking](), "", {*ledger.revoked()}
    for entry in ledger.entries():
        match entry.event:
            case Decided(decision=Decision(outcome="promoted", candidate=name)):
                incumbent = name
            case RolledBack(version=version) as back:
                kept = {each.id for each in ledger.lineage(version)}
                line = (each.id for each in ledger.lineage(incumbent))
                out = tuple(each for each in line if each not in kept)
                still = tuple(each for each in out if each in revoked)
                found.append(Taking(Entry(entry.seq, entry.time, back), incumbent, out, still))
                incumbent = version
            case _:
                pass
    return tuple(found)


def taken_back(ledger: Ledger, version: Digest, since: int) -> Entry[RolledBack] | None:
    """What took a version, or one that it comes from, out of charge after an event; None when it
    is in good standing.
    """
    found = None
    if version not in ledger.revoked():
        return None
    for entry in ledger.entries(RolledBack):
        if entry.seq > since:
            restored = version in {each.id for each in ledger.lineage(entry.event.version)}
            found = None if restored else found or entry
    return found
