"""A lab on disk: `successor.toml` and the record beside it. The one room that knows all parts."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from successor import host, labfile, loop, policyfile, resting
from successor.authors.workshop import Needing
from successor.errors import Halt, UsageError
from successor.experiment import (
    Experiment,
    began_with,
    check_own_code,
    check_unchanged,
    kinds_of,
    seeded,
)
from successor.labfile import LabFile
from successor.ledger import Ledger, Paused, SandboxOpened
from successor.ledger.disk import WriterLock, explain_disk, require_room
from successor.overseeing import overseer_of, require_foreseen
from successor.oversight import (
    BaseCases,
    Charter,
    Interrupt,
    Interruptible,
    Meter,
    PolicyOverseer,
    Pulse,
    Rules,
    Stage,
    Watch,
    automation,
    either,
    follow,
    require_lawful,
    stopfile,
    witnesses_of,
)
from successor.plugins import Bound, Closing, Confined, Foreseeing, Telling, make, own_code
from successor.types import (
    Author,
    Judge,
    Stop,
    Subject,
    Version,
)
from successor.validation import noting_defaults

RECORD = ".successor"
"""Folder of the record, beside `successor.toml`."""
BEGINNING_BYTES = 1024 * 1024
"""What a record may need for its first events: with less room, none is begun afresh."""
LastWords = Callable[[Paused], None]
Overrides = Mapping[str, Mapping[str, object]]
"""Settings that win over the file's, by table and key."""


@dataclass(frozen=True)
class Lab:
    """A lab, opened to improve, and the version that was in charge when this was made.

    It holds the record's lock until it is closed; labs that come of each other share it.
    """

    folder: Path
    settings: LabFile
    parts: loop.Parts = field(repr=False)
    watch: Watch = field(repr=False)
    """What asks a run of it to stop."""
    version: Version | None
    """The incumbent; None before the first generation."""
    stop: Stop | None = None
    """The base case that was met; None while the recursion may go on."""
    charter: Charter | None = None
    """What the lab's files say about who decides and how; None without a policy.toml."""
    aside: Path | None = None
    """Where an earlier record was moved to, when the lab was opened afresh."""

    def close(self) -> None:
        """Let another process improve the lab. What was read stays readable."""
        with ExitStack() as all_of_it:
            all_of_it.callback(self.parts.ledger.close)
            for part in (self.parts.author, self.parts.subject):
                if isinstance(part, Closing):
                    all_of_it.callback(part.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def load(path: str | os.PathLike[str], *, unsafe_sandbox: bool = False) -> Lab:
    """Open the lab in a folder, to improve it.

    Args:
        path: of the folder.
        unsafe_sandbox: whether versions run even where no sandbox holds. It is on record, and
            what is examined or judged there is never promoted.

    Raises:
        UsageError: when there is no lab, a setting is wrong, nothing has to end the recursion,
            or the record belongs to another experiment or is in use.
        RecordError: when the record does not verify.
    """
    return open_lab(Path(path), unsafe_sandbox=unsafe_sandbox)


def improve_self(lab: Lab) -> Lab:
    """One generation: the lab with the successor in charge, or with the same version.

    The first generation writes the first version. When a base case is met, nothing is done but
    to record it, once, and the lab that comes back names it in `stop`.
    """
    if lab.stop is not None:
        return lab
    ledger = lab.parts.ledger
    with _watched(lab):
        ledger.started(host.facts())
        try:
            if (stop := loop.base_case(lab.parts)) is None:
                loop.improve_self(lab.parts)
        except Halt as halt:
            stop = halt.stop
        if stop is not None:
            ledger.stopped(stop)
    return replace(lab, version=ledger.incumbent(), stop=lab.watch.stop() or stop)


def run(lab: Lab) -> Stop:
    """Improve until a base case is met; which one is the last thing on record.

    Once something asks it to stop, the lab is paused on record, and closed.
    """
    with _watched(lab):
        lab.parts.ledger.started(host.facts())
        stop = loop.run(lab.parts)
    return lab.watch.stop() or stop


@contextmanager
def _watched(lab: Lab) -> Generator[None]:
    """See to it that a stop holds: on record, and for all that runs."""
    ledger = lab.parts.ledger
    with lab.watch.watching(ledger.looked_after):
        try:
            if lab.watch.pause is not None:
                ledger.pause_for(lab.watch.pause)  # before anything is begun
            yield
        finally:
            stopfile.settle(ledger, lab.watch.pause)
            if lab.watch.pause is not None:
                lab.close()


def open_lab(
    folder: Path,
    overrides: Overrides | None = None,
    interrupt: Interrupt | None = None,
    *,
    fresh: bool = False,
    unsafe_sandbox: bool = False,
    to_write: bool = True,
    last_words: LastWords | None = None,
) -> Lab:
    """As `load`, with settings that win over the file's and a way to end the run.

    A fresh lab begins with an empty record; the one so far is set aside, but not before
    everything else about the lab has proved to be in order.

    A stop ends that as it ends a run; of a lab that is paused no part is made.

    Args:
        to_write: whether the author has to have all that it needs. Without, a lab that is paused
            is opened as any other, and nothing stops that.
        last_words: told before it is killed, for it did not end by itself when it was stopped.

    Raises:
        UsageError, RecordError: as `load`.
        PausedError: when it is paused, and nothing is on record yet.
    """
    told, record = _told(folder, overrides), record_of(folder)
    watch = Watch(record, told[1].dead_man_s if told[1] else None)
    watch.last_words = last_words or watch.last_words
    ends = either(watch.stop, interrupt)
    opening = _Opening(folder, *told, watch, ends, fresh, unsafe_sandbox, to_write)
    if not to_write:
        return opening.opened()
    if fresh:
        stopfile.require_going(record)
    paused, looked_after = (False, None) if fresh else resting.left(record)
    try:
        with watch.watching(looked_after):
            if watch.pause is None and not paused:
                return opening.opened()
    except Halt:
        if watch.pause is None:
            raise
    return opening.at_rest()


@dataclass(frozen=True)
class _Opening:
    """What a lab is opened by."""

    folder: Path
    settings: LabFile
    rules: Rules | None
    watch: Watch
    ends: Interrupt
    fresh: bool
    unsafe: bool
    to_write: bool

    def at_rest(self) -> Lab:
        """A paused lab, of which no part was made."""
        overseer = overseer_of(self.settings, self.folder)
        ledger = resting.reopened(record_of(self.folder), self.rules, self.watch.pause)
        rest = resting.Resting()
        parts = loop.Parts(ledger, rest, rest, rest, Interruptible(overseer, self.ends))
        return Lab(self.folder, self.settings, parts, self.watch, ledger.incumbent())

    def opened(self) -> Lab:
        """A lab with all its parts; a stop interrupts what makes them."""
        folder, rules, watch = self.folder, self.rules, self.watch
        overseer = overseer_of(self.settings, folder)
        if not self.fresh:
            _check_own(self.settings, folder)
        with ExitStack() as on_failure:
            with watch.halting(), noting_defaults() as defaults:
                subject, author, judge = self._parts(on_failure, overseer.cases)
                aside = set_aside(folder) if self.fresh else None
                bound: Mapping[str, bytes] = subject.bound() if isinstance(subject, Bound) else {}
            bound = {**bound, **own_code(folder, kinds_of(self.settings))}
            settings = seeded(self.settings, record_of(folder))
            experiment = Experiment(settings, defaults, bound, unsafe=self.unsafe)
            charter = _charter(experiment, rules) if rules else None
            overseer = replace(overseer, charter=charter)
            ledger = _open_ledger(folder, experiment, overseer, self.ends)
            on_failure.callback(ledger.close)
            follow(ledger, witnesses_of(folder, rules), automation(rules))
            if charter and self.to_write:
                require_lawful(ledger)
            stopfile.settle(ledger)
            watch.heed(Pulse(ledger.show_work, partial(overseer.urgent, ledger), ledger.stopped))
            ledger.runs_in(partial(_sandbox_of, subject), unsafe=self.unsafe)
            on_failure.pop_all()
        parts = loop.Parts(ledger, subject, author, judge, Interruptible(overseer, self.ends))
        return Lab(folder, settings, parts, watch, ledger.incumbent(), charter=charter, aside=aside)

    def _parts(self, on_failure: ExitStack, cases: BaseCases) -> tuple[Subject, Author, Judge]:
        settings, folder = self.settings, self.folder
        told, writes, judges = settings.subject, settings.author, settings.judge
        made = make("subjects", told.kind, folder, told.settings, folder, settings.lab.goal)
        subject = cast("Subject", made)
        if isinstance(subject, Closing):
            on_failure.callback(subject.close)
        if self.unsafe and isinstance(subject, Confined):
            subject.allow_unsafe()
        author = cast("Author", make("authors", writes.kind, folder, writes.settings, subject))
        if isinstance(author, Closing):
            on_failure.callback(author.close)
        if self.to_write and isinstance(author, Needing):
            _require_ready(author, folder)
        judge = cast("Judge", make("judges", judges.kind, folder, judges.settings, subject))
        if self.fresh and isinstance(subject, Telling):
            subject.report()  # refuses what cannot be judged, while the record is still in place
        if cases.target and isinstance(subject, Foreseeing):
            require_foreseen(cases, subject.asks(), folder)
        return subject, author, judge


def charter_of(folder: Path) -> Charter | None:
    """What the lab's files say about who decides and how; None without a policy.toml.

    Raises:
        UsageError: when a setting is wrong.
    """
    settings, rules = _told(folder)
    if rules is None:
        return None
    told, judges = settings.subject, settings.judge
    _check_own(settings, folder)
    with ExitStack() as at_end, noting_defaults() as defaults:
        subject = make("subjects", told.kind, folder, told.settings, folder, settings.lab.goal)
        if isinstance(subject, Closing):
            at_end.callback(subject.close)
        make("judges", judges.kind, folder, judges.settings, subject)
        return _charter(Experiment(settings, defaults, {}), rules)


def _told(folder: Path, overrides: Overrides | None = None) -> tuple[LabFile, Rules | None]:
    """What the two files of a lab say."""
    settings, rules = labfile.read(folder, overrides), policyfile.read(folder)
    if rules and settings.lab.stage > rules.stage:  # lowered at once, by whoever wrote the policy
        lowered = settings.lab.model_copy(update={"stage": rules.stage})
        settings = settings.model_copy(update={"lab": lowered})
    return settings, rules


def record_of(folder: Path) -> Path:
    """The folder of a lab's record, to be read; no parts are wired for that.

    Raises:
        UsageError: when there is no such lab, or a file is in the place of its record.
    """
    labfile.require_folder(folder)
    record = folder.absolute() / RECORD  # also for who changes the working directory meanwhile
    if record.exists() and not record.is_dir():
        raise UsageError(f"{record} is a file, where the record has its folder: move it away")
    return record


def set_aside(folder: Path) -> Path | None:
    """Move the record of a lab out of the way, to `.successor-N`, and say where it is now.

    Raises:
        UsageError: when another process is writing to it.
        PausedError: when the lab is paused: to begin anew lifts nothing.
        SuccessorError: when there is no room for another one; then it stays where it is.
    """
    record = folder / RECORD
    if not record.is_dir():
        return None
    stopfile.require_going(folder / RECORD)
    require_room(folder, BEGINNING_BYTES)
    with explain_disk(folder):
        lock = WriterLock(record / "lock")
        number = 1
        while (aside := folder / f"{RECORD}-{number}").exists():
            number += 1
        record.rename(aside)
        lock.release()
    return aside


def _charter(experiment: Experiment, rules: Rules) -> Charter:
    """What the lab's files say about who decides, by what evidence, and for how long."""
    told = experiment.settings()
    return Charter(rules, told["judge"], told["base_cases"], cast("Stage", told["lab"]["stage"]))


def _require_ready(author: Needing, folder: Path) -> None:
    try:
        author.require_ready(folder)
    except UsageError as error:
        raise UsageError(f"{folder / labfile.FILE_NAME}: {error}") from None


def _sandbox_of(subject: Subject) -> SandboxOpened | None:
    """The least trusted sandbox in which a subject's versions ran; None when none did."""
    found = subject.confinement() if isinstance(subject, Confined) else None
    return SandboxOpened(found.tier, found.trusted, found.made_of) if found else None


def _check_own(settings: LabFile, folder: Path) -> None:
    own = own_code(folder, kinds_of(settings))
    check_own_code(settings, own, folder, record_of(folder))


def _open_ledger(
    folder: Path, experiment: Experiment, overseer: PolicyOverseer, interrupt: Interrupt
) -> Ledger:
    now = experiment.settings()
    record = record_of(folder)
    if began := began_with(record):
        check_unchanged(experiment.filled(began), now, folder)

    def halt() -> Stop | None:
        return interrupt() or overseer.urgent(ledger)

    ledger = Ledger.open(record, settings=now, seed=experiment.lab.lab.seed, halt=halt)
    ledger.metered(lambda: Meter().read, lambda: overseer.full(ledger))
    ledger.keep(experiment.files.values())
    ignore = record / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return ledger
