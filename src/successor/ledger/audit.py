"""The audit: is everything on record, and in the store, what it was when it was written?"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from successor.errors import RecordError
from successor.ledger.codec import decode_exam, encode, has_its_own_id
from successor.ledger.disk import explain_disk
from successor.ledger.events import (
    Event,
    Examined,
    Reviewed,
    SessionStarted,
    Written,
    objects_of,
)
from successor.ledger.history import History
from successor.ledger.journal import Verified, take_in, verified
from successor.ledger.merkle import CompactRange, leaf_hash
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
        with explain_disk(folder):
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
        self._due: list[tuple[Digest, Event | None, str]] = []
        """What the last session named: written after its event, and before the next."""
        self._store = store
        self._history = History()

    def take(self, found: Verified) -> None:
        """Inspect the next event with the objects that it names."""
        entry = found.entry
        name = f"event {entry.seq} ({type(entry.event).__name__})"
        if leaf_hash(encode(entry.event, entry.time, entry.used, entry.stored)) != found.leaf:
            raise RecordError(f"{name}: it is not written in the canonical way")
        take_in(self._history, entry)
        made = entry.event.version if isinstance(entry.event, Written | Reviewed) else None
        if made is not None and not has_its_own_id(made):
            raise RecordError(f"{name}: the version's id is not the digest of its content")
        event, later = entry.event, isinstance(entry.event, SessionStarted)
        named: list[tuple[Digest, Event | None, str]] = [
            (d, event, name) for d in objects_of(event)
        ]
        for each in (*self._due, *(() if later else named)):
            self._take_object(*each)
        for digest in entry.stored:
            self._take_object(digest, None, name)
        self._due = named if later else []
        self.tree = found.tree

    def take_strays(self) -> None:
        """Inspect the objects that no event names: a kill may come before the event."""
        for digest in self._store:
            if digest not in self.objects:
                try:
                    self._store.content(digest)
                except RecordError as error:
                    raise RecordError(f"{error}; no event names it") from None

    def _take_object(self, digest: Digest, event: Event | None, name: str) -> None:
        if digest in self.objects and not isinstance(event, Examined):
            return
        try:
            data = self._store.content(digest)
            if isinstance(event, Examined):
                decode_exam(event, data)
        except RecordError as error:
            raise RecordError(f"{error}; {name} names it") from None
        self.objects.add(digest)


def _check_file(connection: sqlite3.Connection) -> None:
    if schema_version(connection) > len(MIGRATIONS):
        raise RecordError(newer(connection))
    if schema(connection) != expected_schema(schema_version(connection)):
        raise RecordError("the table of events was altered: it is no longer append-only")
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise RecordError(f"{FILE} is damaged: {found}")
