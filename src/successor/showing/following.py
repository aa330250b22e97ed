"""A record that is followed while others write to it: read once, then only what came since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TypeVar, cast

from successor.errors import RecordError, UsageError
from successor.lab import record_of
from successor.ledger import Chartered, Ledger, SandboxOpened, SessionStarted, Signed, Stopped
from successor.ledger.disk import reader_lock
from successor.ledger.tip import read_tip
from successor.showing.generation import Chronicle, Generation
from successor.showing.pace import Pace
from successor.showing.past import Past
from successor.showing.tree import Tree

T = TypeVar("T")


@dataclass
class Sight:
    """A record as far as it was read, with what its events add up to."""

    ledger: Ledger
    chronicle: Chronicle
    tree: Tree
    past: Past
    pace: Pace = field(default_factory=Pace)
    over: list[Generation] = field(default_factory=list[Generation])
    """Generations that ended, oldest first."""
    taken: int = 0
    """Events that were taken in."""
    session: SessionStarted | None = None
    """The last one."""
    sandbox: SandboxOpened | None = None
    """The last one that was opened."""
    signed: bool = False
    """Whether anybody ever signed anything: else nothing waits for more to sign it."""
    stopped: Stopped | None = None
    """What ended the last session; None as long as nothing has."""

    @classmethod
    def of(cls, folder: Path) -> Sight:
        """The record of a lab, read from its first event on.

        Raises:
            UsageError: when nothing is on record.
            RecordError: when it does not verify.
        """
        ledger = Ledger.read(record_of(folder))
        chronicle = Chronicle(ledger)
        sight = cls(ledger, chronicle, Tree(chronicle.measures), Past(ledger))
        sight.fold()
        return sight

    def fold(self) -> None:
        """Take in what was read since."""
        for entry in self.ledger.entries()[self.taken :]:
            self.taken = entry.seq
            match entry.event:
                case SessionStarted() as session:
                    self.session, self.stopped = session, None
                case SandboxOpened() as sandbox:
                    self.sandbox = sandbox
                case Signed() | Chartered():
                    self.signed = True
                case Stopped() as stopped:
                    self.stopped = stopped
                case _:
                    pass
            self.pace.take(entry)
            self.tree.take(entry)
            self.past.take(entry)
            if (ended := self.chronicle.take(entry)) is not None:
                self.over.append(ended)


@dataclass
class Follower:
    """What several viewers share: it is read, and every view of it made, once for all of them."""

    folder: Path
    reading: int = 0
    """Events of a record that is being read for the first time; 0 when none is."""
    _reads: RLock = field(default_factory=RLock)
    """Held by who reads: a first reading may take minutes, in which nobody else waits."""
    _lock: RLock = field(default_factory=RLock)
    _sight: Sight | None = None
    _running: bool = False
    _views: dict[str, tuple[object, object]] = field(
        default_factory=dict[str, tuple[object, object]]
    )

    @property
    def running(self) -> bool:
        """Whether a process held the record to write when it was last looked at."""
        return self._running

    def look(self) -> bool:
        """Take in what was recorded since, and whether a run is at work; True when that changed.

        Raises:
            RecordError: when the record does not verify.
        """
        record = record_of(self.folder)
        with self._reads:
            with reader_lock(record / "lock") as at_rest:
                running = not at_rest
            changed, self._running = running != self._running, running
            return self._caught_up(record) or changed

    def _caught_up(self, record: Path) -> bool:
        if self._sight is None:
            return self._first(record)
        try:
            with self._lock:
                came = self._sight.ledger.catch_up()
                if came:
                    self._sight.fold()
        except (RecordError, UsageError):  # another record is in its place, or this one is damaged
            with self._lock:
                self._sight = None
            return self._first(record)
        return came

    def _first(self, record: Path) -> bool:
        """Read all of it, while others are told that it is being read."""
        if not (record / "record.sqlite").is_file() or (tip := read_tip(record)) is None:
            return False
        self.reading = tip.size
        try:
            sight = Sight.of(self.folder)
        except UsageError:  # a run has made its files, and put nothing on record yet
            return False
        finally:
            self.reading = 0
        with self._lock:
            self._sight = sight
        return True

    def see(self) -> Sight | None:
        """The record as it was last looked at; None where nothing is on record."""
        with self._lock:
            return self._sight

    def view(self, name: str, make: Callable[[Sight], T], moment: object = None) -> T | None:
        """A view of the record, made once for each state of it; None where nothing is on record.

        Args:
            moment: what else it depends on, such as the time of day.
        """
        with self._lock:
            if self._sight is None:
                return None
            state = (self._sight.ledger.identity, self._sight.taken, self._running, moment)
            known = self._views.get(name)
            if known is None or known[0] != state:
                known = self._views[name] = (state, make(self._sight))
            return cast("T", known[1])
