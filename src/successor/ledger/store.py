"""The events on disk: one append-only SQLite table, and how to read it without touching it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from successor.errors import RecordError, SuccessorError, UsageError
from successor.ledger.disk import RECORD_FILE, explain_disk, reader_lock
from successor.ledger.objects import require_beginning
from successor.ledger.tip import FILE as HEAD

FILE = RECORD_FILE
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE event (
        seq  INTEGER PRIMARY KEY,
        body BLOB NOT NULL,
        leaf BLOB NOT NULL CHECK (length(leaf) = 32),
        root BLOB NOT NULL CHECK (length(root) = 32)
    ) STRICT;
    CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
    CREATE TRIGGER event_never_goes BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
    CREATE TRIGGER event_comes_next BEFORE INSERT ON event
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
    BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
    """,
)
"""Number n brings a database of `user_version` n to n + 1. Never edit one; add one."""


class Row(NamedTuple):
    """An event as it is on disk."""

    seq: int
    body: bytes
    leaf: bytes
    """SHA-256(0x00 || body)."""
    root: bytes
    """Head of the Merkle tree over all events up to this one."""


class EventStore:
    """The table of events, to write. One process at a time: the caller holds the lock."""

    def __init__(self, folder: Path) -> None:
        """Open or create the table.

        Raises:
            RecordError: when the file is damaged, or gone.
            SuccessorError: when the disk is full, or a newer release wrote the file.
        """
        has_events(folder)
        with explain_disk(folder), ExitStack() as on_failure:
            # Autocommit: every append is a transaction of its own.
            self._connection = sqlite3.connect(
                folder / FILE,
                isolation_level=None,
                check_same_thread=False,  # the journal's lock keeps threads apart
            )
            on_failure.callback(self._connection.close)
            self._connection.text_factory = _text
            if schema_version(self._connection) > len(MIGRATIONS):
                raise SuccessorError(f"{folder}: {newer(self._connection)}")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            _migrate(self._connection)
            on_failure.pop_all()

    def rows(self) -> Iterator[Row]:
        return rows(self._connection)

    def append(self, rows: Sequence[Row]) -> None:
        """Commit rows at once, to last through a power cut.

        Raises:
            SuccessorError: when the disk is full; then none of them is on record.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?)", rows)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._connection.close()


def rows(connection: sqlite3.Connection, after: int = 0) -> Iterator[Row]:
    """All events, in their order; none when a run was killed before it had created the table.

    Args:
        after: the number of the last one that is known already.
    """
    if not schema(connection):
        return
    asked = "SELECT seq, body, leaf, root FROM event WHERE seq > ? ORDER BY seq"
    for number, values in enumerate(connection.execute(asked, (after,)), start=after + 1):
        if [*map(type, values)] != [int, bytes, bytes, bytes]:
            raise RecordError(f"event {number}: its row is damaged")
        yield Row(*values)


def has_events(folder: Path) -> bool:
    """Whether there is a file of events.

    Raises:
        RecordError: when there was one, or something else is in its place.
    """
    if (folder / FILE).is_file():
        return True
    if (folder / FILE).exists():
        raise RecordError(f"{FILE} is no file: the events are lost")
    if (folder / HEAD).exists():
        raise RecordError(f"{FILE} is missing: the events are lost")
    require_beginning(folder)
    return False


@contextmanager
def opened_to_read(folder: Path) -> Generator[sqlite3.Connection]:
    """The table of events, to read, whether or not a run is writing to it.

    SQLite changes files even to read a database in WAL mode. So a record at rest is read from
    a copy, and only one that a run is changing anyway is read in place.

    Raises:
        UsageError: when nothing has been recorded there.
    """
    with TemporaryDirectory(prefix="successor-") as scratch:
        with reader_lock(folder / "lock") as at_rest:
            if not has_events(folder):
                raise UsageError(f"{folder.parent}: nothing is on record here: run it first")
            if at_rest:
                for name in (FILE, f"{FILE}-wal"):
                    if (folder / name).is_file():
                        shutil.copyfile(folder / name, Path(scratch) / name)
        place = Path(scratch) if at_rest else folder
        mode = "rw" if at_rest else "ro"
        uri = f"{(place / FILE).resolve().as_uri()}?mode={mode}"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            connection.text_factory = _text
            yield connection


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def schema(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every table and trigger, by name, as it was declared."""
    return list(connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name"))


def expected_schema(version: int) -> list[tuple[str, str]]:
    """What `schema` gives for an undisturbed database of that version."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _migrate(connection, MIGRATIONS[:version])
        return schema(connection)


def schema_version(connection: sqlite3.Connection) -> int:
    """How many migrations the database has seen."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return version


def newer(connection: sqlite3.Connection) -> str:
    """What is wrong with a database of a version that is not known here."""
    version = schema_version(connection)
    return f"its schema is {version}, this release knows {len(MIGRATIONS)}: upgrade Successor"


def _migrate(connection: sqlite3.Connection, migrations: tuple[str, ...] = MIGRATIONS) -> None:
    version = schema_version(connection)
    for number, script in enumerate(migrations[version:], start=version + 1):
        connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")
