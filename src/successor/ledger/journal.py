"""The journal: verified events in memory, and the one way to append another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from successor.errors import RecordError, UsageError
from successor.ledger.codec import decode, encode, kind_of
from successor.ledger.disk import explain_disk
from successor.ledger.events import Entry, Event, Progress
from successor.ledger.history import History
from successor.ledger.merkle import CompactRange, leaf_hash
from successor.ledger.store import EventStore, Row
from successor.types import Digest

Listener: TypeAlias = Callable[[Entry[Event] | Progress], None]


class Head(NamedTuple):
    """What stands for the whole record: give it to somebody, and the past cannot be changed."""

    size: int
    """Number of events."""
    root: Digest
    """Root of the Merkle tree over them, in hex."""


@dataclass
class Memory:
    """What is known of the rows on disk."""

    history: History
    leaves: list[bytes]
    tree: CompactRange


class Journal:
    """The events of a record, each verified when it was read."""

    def __init__(self, rows: Iterable[Row], store: EventStore | None, folder: Path) -> None:
        """Read the rows; without a store, the journal is for reading.

        Raises:
            RecordError: when a row does not verify; the text names the first bad event.
        """
        self._store = store
        self._folder = folder
        self._clock = _Clock()
        self._listeners: list[Listener] = []
        self._memory: Memory | None = _remember(rows)

    @property
    def memory(self) -> Memory:
        if self._memory is None and self._store is not None:
            with explain_disk(self._folder):
                self._memory = _remember(self._store.rows())
        if self._memory is None:
            raise UsageError(f"{self._folder}: the record was closed")
        return self._memory

    @property
    def history(self) -> History:
        return self.memory.history

    @property
    def head(self) -> Head:
        tree = self.memory.tree
        return Head(tree.size, tree.root.hex())

    @property
    def writable(self) -> bool:
        return self._store is not None

    def append(self, event: Event) -> Entry[Event]:
        """Put an event on record, to last, then tell the listeners.

        Raises:
            UsageError: when the record was opened to be read.
            SuccessorError: when the event holds what cannot be kept, or the disk is full.
        """
        if self._store is None:
            raise UsageError(f"{self._folder}: the record was opened to be read")
        memory = self.memory
        now = self._clock.now()
        body = encode(event, now)
        leaf = leaf_hash(body)
        tree = memory.tree.append(leaf)
        # Until the end, memory may fall behind the disk: an interruption makes it read anew.
        self._memory = None
        with explain_disk(self._folder):
            self._store.append(Row(tree.size, body, leaf, tree.root))
        entry = Entry(tree.size, now, event)
        memory.history.add(entry)
        memory.leaves.append(leaf)
        self._memory = Memory(memory.history, memory.leaves, tree)
        self.tell(entry)
        return entry

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def tell(self, news: Entry[Event] | Progress) -> None:
        for listener in self._listeners:
            listener(news)

    def spent_s(self, *, running: bool) -> float:
        """Seconds of work over all sessions; the last one counts until now if it is running."""
        return self.history.spent_s(self._clock.now() if running else None)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


@dataclass(frozen=True)
class Verified:
    """A row that is what it should be."""

    entry: Entry[Event]
    leaf: bytes
    tree: CompactRange


def verified(rows: Iterable[Row]) -> Iterator[Verified]:
    """The events of the rows, in their order, for as long as every one verifies.

    Raises:
        RecordError: at the first that does not; the text names it.
    """
    tree = CompactRange()
    for row in rows:
        expected = tree.size + 1
        if row.seq != expected:
            raise RecordError(f"event {expected}: it is missing; the next on record is {row.seq}")
        name = f"event {row.seq} ({kind_of(row.body)})"
        if leaf_hash(row.body) != row.leaf:
            raise RecordError(f"{name}: it was changed: its hash is not the one on record")
        tree = tree.append(row.leaf)
        if tree.root != row.root:
            raise RecordError(f"{name}: it does not follow from the events before it")
        try:
            moment, event = decode(row.body)
        except RecordError as error:
            raise RecordError(f"{name}: {error}") from None
        yield Verified(Entry(row.seq, moment, event), row.leaf, tree)


def _remember(rows: Iterable[Row]) -> Memory:
    memory = Memory(History(), [], CompactRange())
    for each in verified(rows):
        take_in(memory.history, each.entry)
        memory.leaves.append(each.leaf)
        memory.tree = each.tree
    return memory


def take_in(history: History, entry: Entry[Event]) -> None:
    """Add an entry to a history.

    Raises:
        RecordError: when it cannot follow what the history holds.
    """
    try:
        history.add(entry)
    except ValueError as error:
        name = f"event {entry.seq} ({type(entry.event).__name__})"
        raise RecordError(f"{name}: {error}") from None


class _Clock:
    """The time of day that never goes back within a session, whoever sets the clock."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return round(self._offset + time.monotonic(), 3)
