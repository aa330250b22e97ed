"""The ledger: what has happened to a lab, step by step, in an order that cannot be changed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self, TypeAlias

from successor.errors import UsageError
from successor.ledger import picks, reviews, usage
from successor.ledger.codec import LARGEST_INTEGER
from successor.ledger.disk import WriterLock, bytes_in, explain_disk, make_folder, naming_record
from successor.ledger.events import (
    Alive,
    Chartered,
    Directed,
    Event,
    GenerationClosed,
    GenerationOpened,
    Lifted,
    Paused,
    Restored,
    RolledBack,
    SandboxOpened,
    SessionStarted,
    Signed,
    Stopped,
)
from successor.ledger.journal import Journal, Listener
from successor.ledger.kernel import kernel_digest
from successor.ledger.objects import require_beginning
from successor.ledger.reading import Reading
from successor.ledger.reviews import Review
from successor.ledger.steps import Desk, Generation
from successor.ledger.store import EventStore, opened_to_read, rows
from successor.ledger.tip import read_tip
from successor.types import (
    Counts,
    Decision,
    Digest,
    Draw,
    Exam,
    Figures,
    Overseer,
    Stop,
    Version,
    Workspace,
)

Measure: TypeAlias = Callable[[], Mapping[str, float]]
"""How much was used by now, by name."""


class Ledger(Reading):
    """The record of one lab, in a folder; implements `successor.types.Record`.

    Made by `open`, for the one process that improves, or by `read`, for all others.
    """

    def __init__(
        self,
        folder: Path,
        journal: Journal,
        *,
        settings: Mapping[str, object],
        seed: int,
        halt: Callable[[], Stop | None],
        lock: WriterLock | None,
    ) -> None:
        super().__init__(folder, journal)
        self._settings = settings
        self._seed = seed
        self._halt = halt
        self._lock = lock
        self._host: Figures = {}
        self._sandbox: Callable[[], SandboxOpened | None] = lambda: None
        self._unsafe = False
        self._kept: tuple[bytes, ...] = ()
        self._kernel: Digest | None = None
        """Of the session under way; None between sessions."""
        self._begin: Callable[[], Measure] | None = None
        self._measure: Measure | None = None
        """What the session under way has used by now."""
        self._full: Callable[[], Stop | None] = lambda: None
        journal.meter, journal.fresh = self._used_by, self._objects.fresh

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        settings: Mapping[str, object],
        seed: int,
        halt: Callable[[], Stop | None] | None = None,
    ) -> Ledger:
        """Open a record to write to it; create it where there is none.

        Args:
            folder: `<lab>/.successor`; the lab's folder exists.
            settings: the lab's settings, as JSON values; recorded with every session.
            seed: of the lab, in [0, 2**53); a record keeps the one that it began with.
            halt: asked at every progress report; a Stop ends the run in the middle of a step.

        Raises:
            UsageError: when another process has it open, or the seed is another.
            RecordError: when the record does not verify.
            SuccessorError: when the disk is full.
        """
        if not 0 <= seed <= LARGEST_INTEGER:
            raise UsageError(f"the seed {seed} is not between 0 and 2**53 - 1")
        with explain_disk(folder):
            for each in (folder, folder / "objects", folder / "work"):
                make_folder(each)
            lock = WriterLock(folder / "lock")
        with naming_record(folder), ExitStack() as on_failure:
            on_failure.callback(lock.release)
            for torn in (folder / "work").glob("incoming-*"):
                torn.unlink(missing_ok=True)
            with explain_disk(folder):
                tip = read_tip(folder)
            store = EventStore(folder)
            on_failure.callback(store.close)
            with explain_disk(folder):
                journal = Journal(store.rows(), tip, store, folder)
                journal.keep_head()
            if not journal.head.size:
                require_beginning(folder)
            if (began := journal.history.seed) not in (None, seed):
                told = f"{folder.parent} began with the seed {began}, not {seed}"
                raise UsageError(f"{told}: keep it, or begin another lab")
            on_failure.pop_all()
        stop = halt or (lambda: None)
        return cls(folder, journal, settings=settings, seed=seed, halt=stop, lock=lock)

    @classmethod
    def read(cls, folder: Path, until: int | None = None) -> Ledger:
        """The record as it is now, to read only, also while another process writes to it.

        It does not follow what is recorded later: read again for that. Changes no file.

        Args:
            until: the last event that is read, for the record as it was then; all of it when not
                given.

        Raises:
            UsageError: when nothing is on record.
            RecordError: when the record does not verify.
        """
        with naming_record(folder):
            with explain_disk(folder):
                tip = read_tip(folder)
                with opened_to_read(folder) as connection:
                    journal = Journal(rows(connection), tip, None, folder, until)
            if not journal.head.size:
                require_beginning(folder)
        seed = journal.history.seed or 0
        return cls(folder, journal, settings={}, seed=seed, halt=lambda: None, lock=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files and let others write. What was read stays readable."""
        self._journal.close()
        if self._lock is not None:
            self._lock.release()

    def runs_in(self, sandbox: Callable[[], SandboxOpened | None], *, unsafe: bool) -> None:
        """Write down, with what comes of it, in which sandbox versions run.

        Args:
            sandbox: the least trusted that was opened so far; None before the first.
            unsafe: whether it may be one that does not hold. What such a session leaves
                unfinished is not taken up by any other.
        """
        self._sandbox, self._unsafe = sandbox, unsafe

    def metered(self, begin: Callable[[], Measure], full: Callable[[], Stop | None]) -> None:
        """Put on record, with every event, what its session has used.

        Args:
            begin: called when a session begins, for what tells how much was used from then on.
            full: asked whenever something was written; a Stop ends the run in the middle of a step.
        """
        self._begin, self._full = begin, full

    def started(self, host: Figures | None = None) -> None:
        """Begin a session: this process takes up the record. Done unasked by the first step.
        A record that is paused lets none begin.

        Args:
            host: facts about the machine, such as its cores and the versions of its libraries.
        """
        if self._kernel is None and self.paused is None:
            kernel, self._host = kernel_digest(), host or self._host
            self._measure = self._begin() if self._begin else None
            self._objects.fresh.update(self._objects)  # what a killed session has left
            self._journal.append(SessionStarted(self._seed, self._settings, kernel, self._host))
            for content in self._kept:  # after it: objects alone are a record that lost its events
                self._objects.write(content)
            self._kernel = kernel
            self._close_if_promoted()

    def stopped(self, stop: Stop) -> None:
        """End the session by a base case; one that a pause kept from beginning leaves no trace."""
        if self.paused is None:
            self.started()
            self._journal.append(Stopped(stop))
        self._kernel = None

    def pause_for(self, pause: Paused, *, more: bool = False) -> None:
        """Let nothing be done any more until a person lifts it. Paused twice is paused once, unless
        there is more to say of it.
        """
        if self.paused is None or more:
            if not self._journal.head.size:
                self.started()  # what a person signs to lift it names the record
            self._journal.append(pause)
            self._kernel = None

    def lift(self, by: str, reason: str) -> None:
        """End the pause; whether that person may, the overseer has found.

        Raises:
            UsageError: when nothing is paused.
        """
        if self.paused is None:
            raise UsageError(f"{self._folder.parent} is not paused")
        self._journal.append(Lifted(by, reason))

    def alive(self, by: str, at: float) -> None:
        """Put on record that a person looked after the lab then; not what is known already."""
        if self.looked_after is not None and round(at, 3) > self.looked_after:
            self._journal.append(Alive(by, round(at, 3)))

    @contextmanager
    def generation(self) -> Generator[Generation]:
        """The generation that was left open, or the next one.

        It is closed at the end of the block; after an exception it stays open, to be resumed.
        """
        self.started()
        opened = self._opened()
        incumbent = None if opened.incumbent is None else self.version(opened.incumbent)
        yield Generation(self._desk(), opened.generation, incumbent)
        self._close(opened.generation)

    def confirmed(
        self,
        version: Version,
        counts: Counts,
        examine: Callable[[Version, Draw, Workspace], Exam],
    ) -> Exam:
        """Examine a version on items that nobody has seen; on record, it is not done again.

        Raises:
            SuccessorError: when the subject examined something else.
        """
        self.started()
        generation = max(0, len(self._journal.history.generations) - 1)
        return self._desk().confirmed(generation, version, counts, examine)

    def roll_back(self, version: Digest, by: str, reason: str) -> None:
        """Put a version in charge again that was in charge before; an open generation ends.

        Raises:
            PausedError: when the lab is paused.
            UsageError: when it never was, or is now.
            RecordError: when one of its files is damaged or gone.
        """
        self.require_going()
        self.require_promoted(version)
        for digest in self.version(version).files.values():
            self.object(digest)
        self.started()
        if (left := self._journal.history.generation) is not None:
            self._close(left.opened.generation)
        self._journal.append(RolledBack(version, by, reason))

    def direct(self, picked: Directed) -> None:
        """Put on record what a person picked for the next generation that begins."""
        self._journal.append(picked)
        picks.forget(self._folder)

    def restore(self, by: str, reason: str) -> None:
        """Let the policy decide again; whether people may, the overseer has found."""
        self.started()
        self._journal.append(Restored(by, reason))

    def keep(self, contents: Iterable[bytes]) -> None:
        """Put the files that judging rests on in the store when the next session begins: the record
        alone is enough then to judge again.
        """
        self._kept = tuple(contents)

    def sign(self, statement: bytes, envelope: bytes) -> None:
        """Take in a signature. Handed in twice, it is on record once."""
        self.started()
        if envelope not in self.signatures(statement):
            write = self._objects.write
            self._journal.append(Signed(write(statement), write(envelope)))

    def adopt(self, charter: bytes) -> None:
        """Put what people signed in force; whether they did, the overseer has found."""
        self.started()
        self._journal.append(Chartered(self._objects.write(charter)))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell of every entry on record and all progress, until what this returns is called."""
        return self._journal.listen(listener)

    def review(self, review: Review, overseer: Overseer) -> Decision:
        """Put a human's choice and what follows on record; UsageError when it cannot be taken."""
        self.require_going()
        self.started()
        decision = reviews.take(self._desk(), review, overseer)
        self._close_if_promoted()
        return decision

    def used(self, figure: str) -> float:
        """How much of something was used by now: as measured, with what drafts report beyond."""
        session = self._metered() if self._kernel is not None else None
        return self._journal.history.usage.used(figure, session)

    def show_work(self) -> None:
        """Leave a trace of the session under way, whatever its step is at; from any thread."""
        if self._kernel is None or self._measure is None:
            return
        self._desk().beat()
        with self._journal.lock:
            worked = {usage.WALL: self._journal.session_s(), **self._metered()}
            usage.keep(self._folder, self._journal.session, worked)

    def spent_s(self) -> float:
        """Seconds of work over all sessions; a killed one counts until it was last seen."""
        if self._kernel is not None:
            return self._journal.spent_s(None)
        seen = usage.left(self._folder, self._journal.session)
        return self._journal.spent_s(seen.get(usage.WALL, 0.0))

    def _close(self, generation: int) -> None:
        self._journal.append(GenerationClosed(generation))
        for left in (self._folder / "work").glob(f"{generation}-*"):
            left.unlink(missing_ok=True)

    def _close_if_promoted(self) -> None:
        """A promotion ends a generation, also when a kill came before that was on record."""
        left = self._journal.history.generation
        if left is not None and left.opened.incumbent is not None and left.promoted is not None:
            self._journal.append(GenerationClosed(left.opened.generation))

    def _opened(self) -> GenerationOpened:
        history = self._journal.history
        if history.generation is not None:
            return history.generation.opened
        picks.take(self._journal, self._folder)
        opened = GenerationOpened(len(history.generations), history.incumbent)
        self._journal.append(opened)
        return opened

    def _used_by(self, event: Event) -> Mapping[str, float]:
        """What its session has used; as one begins, what a killed one before it had."""
        if isinstance(event, SessionStarted):
            left = usage.left(self._folder, self._journal.session)
            return {**left, **self._disk()} if self._measure is not None else left
        return self._metered() if self._kernel is not None else {}

    def _metered(self) -> dict[str, float]:
        """What the session under way has used by now."""
        if self._measure is None:
            return {}
        used = {name: round(usage.bounded(value), 6) for name, value in self._measure().items()}
        return {**{name: value for name, value in used.items() if value}, **self._disk()}

    def _disk(self) -> dict[str, float]:
        """What the record takes: the objects, the events, and what is under way."""
        beside = sum(map(bytes_in, (self._folder, self._folder / "work")))
        return {usage.DISK: float(self._objects.size_bytes + beside)}

    def _desk(self) -> Desk:
        if self._kernel is None:
            raise UsageError(f"{self._folder}: the record was opened to be read, or is paused")
        return Desk(
            self._journal,
            self._objects,
            self,
            self._folder / "work",
            self._seed,
            self._kernel,
            self._halt,
            self._full,
            self._sandbox,
            self._unsafe,
        )
