"""The journal: verified events in memory, and the one way to append another."""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import NamedTuple, TypeAlias

from successor.errors import Halt, RecordError, SuccessorError, UsageError
from successor.ledger.codec import Envelope, decode, encode, kind_of
from successor.ledger.disk import explain_disk, naming_record
from successor.ledger.events import Alive, Chartered, Entry, Event, Lifted, Paused, Progress, Signed
from successor.ledger.history import History
from successor.ledger.merkle import CompactRange, leaf_hash
from successor.ledger.store import EventStore, Row
from successor.ledger.tip import Head, read_tip, write_tip
from successor.types import Digest, Stop

PAUSED = "paused"
"""What ends a run of a lab that is paused."""
WHILE_PAUSED = (Signed, Chartered, Alive, Paused, Lifted)
"""What can be put on record during a pause: what people do about it."""
Listener: TypeAlias = Callable[[Entry[Event] | Progress], None]


@dataclass
class Memory:
    """What is known of the rows on disk."""

    history: History
    leaves: list[bytes]
    tree: CompactRange


class Journal:
    """The events of a record, each verified when it was read."""

    def __init__(
        self,
        rows: Iterable[Row],
        tip: Head | None,
        store: EventStore | None,
        folder: Path,
        until: int | None = None,
    ) -> None:
        """Read the rows, which reach to the tip at least; without a store, only for reading, and
        then to event `until`, if it is given.

        Raises:
            RecordError: when a row does not verify; the text names the first bad event.
        """
        self._store = store
        self._folder = folder
        self._clock = _Clock()
        self._listeners: list[Listener] = []
        self.meter: Callable[[Event], Mapping[str, float]] = lambda _: {}
        """What goes on record with an event of what was used."""
        self.fresh: set[Digest] = set()
        """Objects that were written and that no event may have named yet."""
        self.lock = RLock()
        """Held by whoever appends: the step under way, or the thread that shows that it works."""
        self._memory: Memory | None = _remember(rows, tip, until)

    @property
    def memory(self) -> Memory:
        with self.lock:
            if self._memory is None and self._store is not None:
                with naming_record(self._folder), explain_disk(self._folder):
                    self._memory = _remember(self._store.rows(), read_tip(self._folder))
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

    def catch_up(self, rows: Iterable[Row], tip: Head | None) -> None:
        """Take in the rows that came since, each verified to follow from what is known.

        Raises:
            RecordError: when one does not; what came before it was taken in.
        """
        with self.lock:
            memory = self.memory
            for each in verified(rows, tip, memory.tree):
                take_in(memory.history, each.entry)
                memory.leaves.append(each.leaf)
                memory.tree = each.tree

    def keep_head(self) -> None:
        """Write down how far the record reaches: a kill may have come before that was done."""
        if self.head.size and read_tip(self._folder) != self.head:
            write_tip(self._folder, self.head)

    def append(self, event: Event) -> Entry[Event]:
        """Put an event on record, to last, then tell the listeners.

        Raises:
            UsageError: when the record was opened to be read.
            SuccessorError: when the event holds what cannot be kept, the disk is full, or another
                process wrote to the record meanwhile.
            Halt: when the record is paused, and this is nothing that people do about that.
        """
        return self.append_all((event,))[0]

    def append_all(self, events: Sequence[Event]) -> list[Entry[Event]]:
        """Put events on record at once, all of them or none; then tell the listeners of each.

        Raises:
            As `append`.
        """
        with self.lock:
            entries = self._append(events) if events else []
            for entry in entries:
                self.tell(entry)
        return entries

    def _append(self, events: Sequence[Event]) -> list[Entry[Event]]:
        if self._store is None:
            raise UsageError(f"{self._folder}: the record was opened to be read")
        memory, fresh = self.memory, {*self.fresh}
        _require_going(memory.history.paused and memory.history.paused.event, events)
        made, tree = list[tuple[Entry[Event], Row]](), memory.tree
        stored = memory.history.unnamed(fresh, events)
        for event in events:
            now, used = self._clock.now(), self.meter(event)
            body = encode(event, now, used, stored)
            tree = tree.append(leaf := leaf_hash(body))
            entry = Entry(tree.size, now, event, used, stored)
            made.append((entry, Row(tree.size, body, leaf, tree.root)))
            stored = ()
        # Until the end, memory may fall behind the disk: an interruption makes it read anew.
        self._memory = None
        with explain_disk(self._folder):
            self._put(self._store, [row for _, row in made])
            write_tip(self._folder, Head(tree.size, tree.root.hex()))
        for entry, row in made:
            memory.history.add(entry)
            memory.leaves.append(row.leaf)
        self.fresh -= fresh
        self._memory = Memory(memory.history, memory.leaves, tree)
        return [entry for entry, _ in made]

    def _put(self, store: EventStore, rows: Sequence[Row]) -> None:
        try:
            store.append(rows)
        except sqlite3.IntegrityError as error:
            if self.memory.tree.size < rows[0].seq:  # read anew: tells of what does not verify
                raise
            told = "another process wrote to the record meanwhile, which verifies"
            raise SuccessorError(
                f"{self._folder.parent}: {told}. {self._folder / 'lock'}, which keeps writers "
                "apart, must have been removed: let one end, then run the same command again"
            ) from error

    def silent_s(self) -> float:
        """Seconds since the last event."""
        entries = self.history.entries
        return self._clock.now() - entries[-1].time if entries else 0.0

    @property
    def session(self) -> Digest:
        """The leaf hash of the event that began the last session; "" when none did."""
        began = self.history.session
        return self.memory.leaves[began - 1].hex() if began else ""

    def session_s(self) -> float:
        """Seconds since the session under way began."""
        return self._clock.now() - self.history.entries[self.history.session - 1].time

    def listen(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    def tell(self, news: Entry[Event] | Progress) -> None:
        for listener in self._listeners:
            listener(news)

    def spent_s(self, seen_s: float | None) -> float:
        """Seconds of work over all sessions. The last one counts until now if it is running, which
        None says, and else for as long as it was seen to work.
        """
        clock = self.history.clock
        return clock.spent_s(self._clock.now()) if seen_s is None else clock.spent_s(None, seen_s)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


class Verified(NamedTuple):
    """A row that is what it should be."""

    entry: Entry[Event]
    leaf: bytes
    tree: CompactRange
    body: bytes
    found: Envelope[Event]
    """As the body was decoded."""


def verified(
    rows: Iterable[Row], tip: Head | None, tree: CompactRange | None = None
) -> Iterator[Verified]:
    """The events of the rows, in their order, for as long as every one verifies.

    Args:
        rows: as they are on disk.
        tip: the head that was kept when the last event was written, read before the rows: a
            writer may be at work, and a kill may have come between the two.
        tree: over the events before them, which were verified before; None where these are all.

    Raises:
        RecordError: at the first that does not; the text names it.
    """
    tree = tree or CompactRange()
    for row in rows:
        expected = tree.size + 1
        if row.seq != expected:
            raise RecordError(f"event {expected}: it is missing; the next on record is {row.seq}")
        if leaf_hash(row.body) != row.leaf:
            raise _bad(row, "it was changed: its hash is not the one on record")
        tree = tree.append(row.leaf)
        if tree.root != row.root:
            raise _bad(row, "it does not follow from the events before it")
        try:
            found = decode(row.body)
        except RecordError as error:
            raise _bad(row, str(error)) from None
        if tip is not None and tip.size == row.seq and tip.root != row.root.hex():
            raise _bad(row, "it is not the one that the record ended in")
        entry = Entry(row.seq, found.time, found.event, found.used, found.stored)
        yield Verified(entry, row.leaf, tree, row.body, found)
    if tip is None and tree.size > 1:
        raise RecordError(f"event {tree.size}: the head that was kept with it is missing")
    if tip is not None and tip.size > tree.size:
        raise RecordError(f"event {tree.size + 1}: it is missing; the record had {tip.size}")


def _bad(row: Row, problem: str) -> RecordError:
    return RecordError(f"event {row.seq} ({kind_of(row.body)}): {problem}")


def _remember(rows: Iterable[Row], tip: Head | None, until: int | None = None) -> Memory:
    memory = Memory(History(), [], CompactRange())
    with reading_much():
        for each in islice(verified(rows, tip), until):
            take_in(memory.history, each.entry)
            memory.leaves.append(each.leaf)
            memory.tree = each.tree
    return memory


@contextmanager
def reading_much() -> Generator[None]:
    """Look for no garbage meanwhile: what is read stays, and every look goes through all of it."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


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


def _require_going(pause: Paused | None, events: Iterable[Event]) -> None:
    """Raises Halt when one of the events comes in a pause, and is nothing people do about it."""
    for event in events:
        if pause is not None and not isinstance(event, WHILE_PAUSED):
            raise Halt(Stop(PAUSED, told_pause(pause), needs_human=True))
        if isinstance(event, Paused | Lifted):
            pause = event if isinstance(event, Paused) else None


def told_pause(pause: Paused) -> str:
    """A pause in a few words."""
    until = f", until {pause.condition}" if pause.condition else ""
    return f"paused by {pause.by} ({pause.trigger}): {pause.reason}{until}"


class _Clock:
    """The time of day that never goes back within a session, whoever sets the clock."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return round(self._offset + time.monotonic(), 3)
