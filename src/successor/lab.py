"""A lab on disk: `successor.toml` and the record beside it. The one room that knows all parts."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from successor import host, labfile, loop, policyfile
from successor.authors.workshop import Needing
from successor.elsewhere import Elsewhere, examined_by
from successor.errors import Halt, UsageError
from successor.experiment import (
    Experiment,
    began_with,
    check_own_code,
    check_unchanged,
    kinds_of,
    seeded,
)
from successor.insight import measures
from successor.labfile import LabFile
from successor.ledger import Ledger, SandboxOpened
from successor.ledger.disk import WriterLock, explain_disk, require_room
from successor.oversight import (
    BaseCases,
    Charter,
    Interrupt,
    Interruptible,
    Meter,
    Policy,
    PolicyOverseer,
    Pulse,
    Rules,
    Stage,
    Watch,
    automation,
    either,
    follow,
    require_lawful,
    require_measurable,
    stopfile,
    witnesses_of,
)
from successor.plugins import Bound, Closing, Confined, Foreseeing, Telling, make, own_code
from successor.types import (
    Author,
    Draw,
    Exam,
    Judge,
    Slice,
    Stop,
    Subject,
    Version,
)
from successor.validation import no_such, noting_defaults

RECORD = ".successor"
"""Folder of the record, beside `successor.toml`."""
BEGINNING_BYTES = 1024 * 1024
"""What a record may need for its first events: with less room, none is begun afresh."""
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
) -> Lab:
    """As `load`, with settings that win over the file's and a way to end the run.

    A fresh lab begins with an empty record; the one so far is set aside, but not before
    everything else about the lab has proved to be in order.

    Args:
        to_write: whether the author has to have all that it needs.

    Raises:
        UsageError, RecordError: as `load`.
    """
    settings, rules = _told(folder, overrides)
    overseer = _overseer(settings, folder)
    told, writes, judges = settings.subject, settings.author, settings.judge
    goal = settings.lab.goal
    if not fresh:
        _check_own(settings, folder)
    with ExitStack() as on_failure, noting_defaults() as defaults:
        subject = cast("Subject", make("subjects", told.kind, folder, told.settings, folder, goal))
        if isinstance(subject, Closing):
            on_failure.callback(subject.close)
        if unsafe_sandbox and isinstance(subject, Confined):
            subject.allow_unsafe()
        author = cast("Author", make("authors", writes.kind, folder, writes.settings, subject))
        if isinstance(author, Closing):
            on_failure.callback(author.close)
        if to_write and isinstance(author, Needing):
            _require_ready(author, folder)
        judge = cast("Judge", make("judges", judges.kind, folder, judges.settings, subject))
        examiner, judge = examined_by(settings, folder, subject, judge, unsafe=unsafe_sandbox)
        if isinstance(examiner, Elsewhere):
            on_failure.callback(examiner.close)
        if fresh and isinstance(subject, Telling):
            subject.report()  # refuses what cannot be judged, while the record is still in place
        if overseer.cases.target and isinstance(subject, Foreseeing):
            _require_measurable(overseer.cases, subject.asks(), folder)
        aside = set_aside(folder) if fresh else None
        bound: Mapping[str, bytes] = subject.bound() if isinstance(subject, Bound) else {}
        bound = {**bound, **own_code(folder, kinds_of(settings))}
        settings = seeded(settings, record_of(folder))
        experiment = Experiment(settings, defaults, bound, unsafe=unsafe_sandbox)
        charter = _charter(experiment, rules) if rules else None
        overseer = replace(overseer, charter=charter)
        watch = Watch(record_of(folder), rules.dead_man_s if rules else None)
        ends = either(watch.stop, interrupt)
        ledger = _open_ledger(folder, experiment, overseer, ends)
        on_failure.callback(ledger.close)
        follow(ledger, witnesses_of(folder, rules), automation(rules))
        if charter and to_write:
            require_lawful(ledger)
        stopfile.settle(ledger)
        watch.heed(Pulse(ledger.show_work, partial(overseer.urgent, ledger), ledger.stopped))
        ledger.runs_in(partial(_sandbox_of, examiner), unsafe=unsafe_sandbox)
        on_failure.pop_all()
    parts = loop.Parts(ledger, examiner, author, judge, Interruptible(overseer, ends))
    return Lab(folder, settings, parts, watch, ledger.incumbent(), charter=charter, aside=aside)


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


def _overseer(settings: LabFile, folder: Path) -> PolicyOverseer:
    path, told = folder / labfile.FILE_NAME, settings.base_cases
    cases = BaseCases(
        target=told.target,
        confirm=told.confirm,
        wall_clock_s=told.wall_clock,
        generations=told.generations,
        plateau=told.plateau,
        examples=told.examples,
        tokens=told.tokens,
        cpu_s=told.cpu,
        usd=told.usd,
        disk_bytes=told.disk,
        floor=told.floor,
    )
    if cases.target and cases.target[0] not in measures.NAMES:
        name = cases.target[0]
        known = no_such("metric", name, [*measures.NAMES])
        raise UsageError(f"{path}: [base_cases] target = {name!r}: {known}")
    policy = Policy(cast("Stage", settings.lab.stage))
    try:
        return PolicyOverseer(policy, cases, measures.measure, loop.MASTERY)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _charter(experiment: Experiment, rules: Rules) -> Charter:
    """What the lab's files say about who decides, by what evidence, and for how long."""
    told = experiment.settings()
    return Charter(rules, told["judge"], told["base_cases"], cast("Stage", told["lab"]["stage"]))


def _require_ready(author: Needing, folder: Path) -> None:
    try:
        author.require_ready(folder)
    except UsageError as error:
        raise UsageError(f"{folder / labfile.FILE_NAME}: {error}") from None


def _require_measurable(cases: BaseCases, asks: Sequence[tuple[str, float]], folder: Path) -> None:
    slices = tuple(Slice(name, size, (1.0,)) for name, size in asks)
    counts = tuple((part.name, 1) for part in slices)
    try:
        perfect = Exam("", Draw("training", 0, counts), slices)
        require_measurable(cases, perfect, measures.measure)
    except UsageError as error:
        raise UsageError(f"{folder / labfile.FILE_NAME}: [base_cases] {error}") from None


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
