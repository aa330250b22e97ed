"""The audit: is everything on record, and in the store, what it was when it was written?"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from successor.errors import RecordError
from successor.ledger.codec import decode_exam, has_its_own_id, is_canonical
from successor.ledger.disk import explain_disk
from successor.ledger.events import (
    Entry,
    Event,
    Examined,
    Reviewed,
    SessionStarted,
    Written,
    objects_of,
)
from successor.ledger.history import History
from successor.ledger.journal import Verified, reading_much, take_in, verified
from successor.ledger.merkle import CompactRange
from successor.ledger.objects import ObjectStore, require_beginning
from successor.ledger.store import (
    FILE,
    MIGRATIONS,
    expected_schema,
    newer,
    opened_to_read,
    rows,
    schema,
    schema_version,
)
from successor.ledger.tip import Head, read_tip
from successor.types import Digest


@dataclass(frozen=True)
class AuditReport:
    """What an audit found."""

    events: int
    """Number of events that verify, from the first on without a gap."""
    objects: int
    """Number of objects that they name and that verify."""
    head: Head
    """Head of the record over those events."""
    problem: str | None
    """The first bad event or object; None when all is well."""


def audit(folder: Path) -> AuditReport:
    """Verify every event and every object in the store; changes no file.

    An event verifies when it follows the one before, hashes to its leaf, extends the tree to its
    root, is written in the canonical way, and fits what came before; and the record is as long as
    the head beside it says. A record that was rewritten from some event on with all its hashes
    and its head cannot be told from the record alone: that takes a witness who kept an earlier
    head, and a consistency proof. Bytes of the file that hold nothing, such as the room between
    rows and counters of SQLite's header, may change unseen.

    Args:
        folder: `<lab>/.successor`.

    Raises:
        UsageError: when nothing is on record.
    """
    inspection = _Inspection(ObjectStore(folder / "objects", folder / "work"))
    problem = None
    try:
        with explain_disk(folder), reading_much():
            tip = read_tip(folder)
            with opened_to_read(folder) as connection:
                for each in verified(rows(connection), tip):
                    inspection.take(each)
                _check_file(connection)
        if inspection.tree.size == 0:
            require_beginning(folder)
        inspection.take_strays()
    except RecordError as error:
        problem = str(error)
    except sqlite3.Error as error:
        problem = f"{FILE} is damaged after event {inspection.tree.size}: {error}"
    tree = inspection.tree
    return AuditReport(
        tree.size, len(inspection.objects), Head(tree.size, tree.root.hex()), problem
    )


class _Inspection:
    """The events and objects that were found good so far."""

    def __init__(self, store: ObjectStore) -> None:
        self.tree = CompactRange()
        self.objects: set[Digest] = set()
        self._fitting: set[tuple[Digest, tuple[int, ...]]] = set()
        """Objects of scores, with the sizes of the slices that they were found to hold."""
        self._due: list[tuple[Digest, Entry[Event]]] = []
        """What the last session named: written after its event, and before the next."""
        self._store = store
        self._history = History()

    def take(self, found: Verified) -> None:
        """Inspect the next event with the objects that it names."""
        entry, event = found.entry, found.entry.event
        if not is_canonical(found.body, found.found):
            raise RecordError(f"{_name(entry)}: it is not written in the canonical way")
        take_in(self._history, entry)
        made = event.version if isinstance(event, Written | Reviewed) else None
        if made is not None and not has_its_own_id(made):
            told = "the version's id is not the digest of its content"
            raise RecordError(f"{_name(entry)}: {told}")
        for digest, earlier in self._due:
            self._take_object(digest, earlier)
        self._due.clear()
        for digest in objects_of(event):
            if isinstance(event, SessionStarted):
                self._due.append((digest, entry))
            else:
                self._take_object(digest, entry)
        for digest in entry.stored:
            self._take_object(digest, entry, of_the_event=False)
        self.tree = found.tree

    def take_strays(self) -> None:
        """Inspect the objects that no event names: a kill may come before the event."""
        for digest in self._store:
            if digest not in self.objects:
                try:
                    self._store.content(digest)
                except RecordError as error:
                    raise RecordError(f"{error}; no event names it") from None

    def _take_object(
        self, digest: Digest, entry: Entry[Event], *, of_the_event: bool = True
    ) -> None:
        exam = entry.event if of_the_event and isinstance(entry.event, Examined) else None
        fits = exam and (digest, tuple(tally.items for tally in exam.slices))
        if digest in self.objects and (fits is None or fits in self._fitting):
            return
        try:
            data = self._store.content(digest)
            if exam and fits:
                decode_exam(exam, data)
                self._fitting.add(fits)
        except RecordError as error:
            raise RecordError(f"{error}; {_name(entry)} names it") from None
        self.objects.add(digest)


def _name(entry: Entry[Event]) -> str:
    return f"event {entry.seq} ({type(entry.event).__name__})"


def _check_file(connection: sqlite3.Connection) -> None:
    if schema_version(connection) > len(MIGRATIONS):
        raise RecordError(newer(connection))
    if schema(connection) != expected_schema(schema_version(connection)):
        raise RecordError("the table of events was altered: it is no longer append-only")
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise RecordError(f"{FILE} is damaged: {found}")
