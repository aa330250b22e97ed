"""What is on record, to read: who is in charge, and everything that led there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TypeVar, overload

from successor.errors import PausedError, RecordError, UsageError
from successor.ledger import picks, reviews
from successor.ledger.codec import decode_exam
from successor.ledger.disk import explain_disk, naming_record, not_verified
from successor.ledger.events import (
    Decided,
    Directed,
    Entry,
    Event,
    Examined,
    Lowered,
    Paused,
    RolledBack,
)
from successor.ledger.journal import Journal, told_pause
from successor.ledger.merkle import CompactRange, consistency_proof, inclusion_proof
from successor.ledger.objects import ObjectStore
from successor.ledger.reviews import Proposal
from successor.ledger.store import opened_to_read, rows
from successor.ledger.tip import Head, read_tip
from successor.signing import Statement
from successor.types import Decision, Digest, Draw, Exam, Figures, Verdict, Version

E = TypeVar("E", bound=Event)
EXAMS_KEPT = 256
"""Whole exams kept in memory; the others are read again from their objects."""


class Reading:
    """The record of one lab as far as it was read, and how it is taken apart."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder = folder
        self._journal = journal
        self._objects = ObjectStore(folder / "objects", folder / "work")
        self._exams: dict[tuple[Digest, Draw], Exam] = {}

    @overload
    def entries(self) -> tuple[Entry[Event], ...]: ...
    @overload
    def entries(self, kind: type[E]) -> tuple[Entry[E], ...]: ...
    def entries(self, kind: type[Event] | None = None) -> tuple[Entry[Event], ...]:
        """The entries on record, in their order; of one kind of event, if it is given."""
        entries = self._journal.history.entries
        return tuple(e for e in entries if kind is None or isinstance(e.event, kind))

    @property
    def head(self) -> Head:
        """Number of events, and the root of the Merkle tree over them."""
        return self._journal.head

    def catch_up(self) -> bool:
        """Take in what was recorded since, of a record that was opened to read; whether anything
        was. What was read already is not read again, nor verified again.

        Raises:
            UsageError: when the record is gone.
            RecordError: when it does not go on from what was read; then read it anew.
        """
        with naming_record(self._folder), explain_disk(self._folder):
            tip = read_tip(self._folder)
            if tip == self.head:
                return False
            if tip is not None and tip.size <= self.head.size:
                if self.root_at(tip.size) == tip.root:
                    return False  # an event was read before its head was kept
                raise RecordError("it is another one than was read before")
            with opened_to_read(self._folder) as connection:
                self._journal.catch_up(rows(connection, self.head.size), tip)
        return True

    def root_at(self, size: int) -> Digest:
        """The root over the first events, so many."""
        return self.roots({size})[size]

    def roots(self, sizes: Collection[int]) -> Mapping[int, Digest]:
        """The root over the first events, for each of these numbers of them that there are."""
        found, tree = dict[int, Digest](), CompactRange()
        for leaf in self._journal.memory.leaves[: max(sizes, default=0)]:
            tree = tree.append(leaf)
            if tree.size in sizes:
                found[tree.size] = tree.root.hex()
        return found

    def inclusion_proof(self, seq: int) -> tuple[bytes, ...]:
        """Proof that event `seq` is under the head (RFC 9162, section 2.1.3)."""
        return inclusion_proof(self._journal.memory.leaves, seq - 1)

    def consistency_proof(self, size: int) -> tuple[bytes, ...]:
        """Proof that the record begins with the one whose head had that size (section 2.1.4)."""
        return consistency_proof(self._journal.memory.leaves, size)

    def object(self, digest: Digest) -> bytes:
        """An object of the store.

        Raises:
            RecordError: when it is missing or damaged.
        """
        return self._objects.read(digest)

    def version(self, version: Digest) -> Version:
        """The version of that id.

        Raises:
            RecordError: when there is none on record.
        """
        try:
            return self._journal.history.versions[version]
        except KeyError:
            raise not_verified(self._folder, f"no version {version} is on record") from None

    def named(self, beginning: str) -> Digest:
        """The id of the one version on record that begins so.

        Raises:
            UsageError: when there is none, or several.
        """
        if not beginning:
            raise UsageError("a version is named by its id, or how that begins; '' names none")
        found = [name for name in self._journal.history.versions if name.startswith(beginning)]
        if len(found) != 1:
            told = "no version begins" if not found else f"{len(found)} versions begin"
            lab = self._folder.parent
            raise UsageError(f"{lab}: {told} with {beginning!r}; see: successor lineage {lab}")
        return found[0]

    def incumbent(self) -> Version | None:
        name = self._journal.history.incumbent
        return None if name is None else self.version(name)

    def lineage(self, version: Digest) -> tuple[Version, ...]:
        """The line of first parents that leads to a version, oldest first, itself the last."""
        line = [self.version(version)]
        while line[-1].parents:
            line.append(self.version(line[-1].parents[0]))
        return tuple(reversed(line))

    def exam(self, version: Digest) -> Exam | None:
        return self._exam(self._journal.history.exams.get(version))

    def confirmation(self, version: Digest) -> Exam | None:
        """The last exam of a version on items that nobody had seen."""
        return self._exam(self._journal.history.confirmations.get(version))

    def unheld(self, version: Digest) -> tuple[str, ...]:
        """The sandboxes that do not hold in which a version was examined or judged."""
        return tuple(self._journal.history.unheld.get(version, ()))

    def reviewed(self, version: Digest) -> Decision | None:
        """What a human decided on a candidate of the open generation."""
        return reviews.decision_of(self._journal.history, version)

    def revoked(self) -> tuple[Digest, ...]:
        """Versions that a rollback took out of charge, and all that descend from them: nobody
        builds on them, until one is put in charge again.
        """
        return tuple(sorted(self._journal.history.revoked()))

    def held_back(self, version: Digest) -> Decision | None:
        """What the ledger itself decides on a version that holds what was quarantined."""
        return self._journal.history.held_back(version)

    def waiting(self) -> Proposal | None:
        """The candidate that waits for a human."""
        return reviews.waiting(self._journal.history)

    def directed(self) -> Directed | None:
        """What a person picked for the next generation, on record or left for a run to find."""
        return picks.left(self._folder) or self._journal.history.directed

    def pause(self) -> str | None:
        """Who paused it and why, in a few words; None when it is not paused."""
        return None if self.paused is None else told_pause(self.paused.event)

    @property
    def paused(self) -> Entry[Paused] | None:
        """The pause that nobody has lifted."""
        return self._journal.history.paused

    def require_going(self) -> None:
        """Raises PausedError when the lab is paused."""
        if (told := self.pause()) is not None:
            raise PausedError(f"{self._folder.parent} is {told}.\nLift it first: {self.lifted_by}")

    @property
    def lifted_by(self) -> str:
        """The command that lifts a pause; with a key, where people signed a charter."""
        key = "" if self.charter() is None else " --key NAME"
        return f"successor resume {self._folder.parent} --reason TEXT{key}"

    def require_promoted(self, version: Digest) -> None:
        """Raises UsageError when a version was never in charge, or is now."""
        name = f"{self._folder.parent}: version {version[:12]}"
        if version not in self._journal.history.promoted:
            raise UsageError(f"{name} was never in charge: nothing to roll back to")
        if version == self._journal.history.incumbent:
            raise UsageError(f"{name} is in charge already")

    def lowered(self) -> str | None:
        """The tripwire since which no policy promotes alone, in a few words."""
        if (last := self.tripped) is None:
            return None
        return f"{last.event.candidate[:8]} was quarantined, event {last.seq}: {last.event.reason}"

    @property
    def tripped(self) -> Entry[Lowered] | None:
        """The last tripwire, until people let the policy decide again."""
        return self._journal.history.lowered

    @property
    def in_charge_since(self) -> int:
        """The number of the event that put the incumbent in charge; 0 before the first."""
        for entry in reversed(self._journal.history.entries):
            match entry.event:
                case RolledBack() | Decided(decision=Decision(outcome="promoted")):
                    return entry.seq
                case _:
                    pass
        return 0

    @property
    def folder(self) -> Path:
        """`<lab>/.successor`."""
        return self._folder

    @property
    def seed(self) -> int:
        """The lab's, as the record began with it."""
        return self._journal.history.seed or 0

    @property
    def looked_after(self) -> float | None:
        """When a person last did something, or the record began; seconds since 1970."""
        return self._journal.history.looked_after

    def charter(self) -> bytes | None:
        """What people signed last of what is in force; None when nothing ever was."""
        name = self._journal.history.charter
        return None if name is None else self.object(name)

    def signatures(self, statement: bytes) -> tuple[bytes, ...]:
        """Envelopes handed in for a statement, whatever the reason; nobody has verified them."""
        signed = self._journal.history.signed.items()
        meant = [
            each for name, envelopes in signed if self._is(name, statement) for each in envelopes
        ]
        return tuple(self.object(each) for each in meant)

    def _is(self, name: Digest, statement: bytes) -> bool:
        if name == sha256(statement).hexdigest():
            return True
        return Statement("", self.object(name)).bare.body == statement

    @property
    def identity(self) -> Digest:
        """What tells this record from every other: the leaf hash of its first event.

        Raises:
            UsageError: when nothing is on record.
        """
        if not self._journal.memory.leaves:
            raise UsageError(f"{self._folder.parent}: nothing is on record yet")
        return self._journal.memory.leaves[0].hex()

    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(judged.verdict for judged in self._journal.history.judged)

    def decisions(self) -> tuple[Decision, ...]:
        return tuple(decided.decision for decided in self._journal.history.decided)

    def generations(self) -> tuple[Digest | None, ...]:
        return tuple(self._journal.history.generations)

    def used(self, figure: str) -> float:
        """How much of something was used: as measured, with what drafts report beyond that."""
        return self._journal.history.usage.used(figure)

    def totals(self) -> Figures:
        """The sum of every number that drafts report."""
        return dict(self._journal.history.usage.reported)

    def _exam(self, examined: Examined | None) -> Exam | None:
        if examined is None:
            return None
        key = (examined.version, examined.draw)
        if key not in self._exams:
            if len(self._exams) >= EXAMS_KEPT:
                self._exams.clear()
            with naming_record(self._folder):
                scores = self._objects.content(examined.scores)
                self._exams[key] = decode_exam(examined, scores)
        return self._exams[key]
