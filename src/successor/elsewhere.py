"""Examinations elsewhere: the parts of an exam, each by a worker that has made the same subject.

A worker is told what the lab file says of the subject and is sent the lab's files and the
version's, each under its digest. It opens a sandbox of its own, and hands back scores. Only the
process that asked writes to the record, and it believes no worker whose kernel is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

from successor import spending
from successor.compute import Pool, Read, Work, open_pool
from successor.errors import SuccessorError, UsageError
from successor.labfile import FILE_NAME, HERE, LabFile
from successor.ledger.kernel import kernel_digest
from successor.oversight import Meter
from successor.oversight.meter import CPU
from successor.plugins import Closing, Confined, Parting, make
from successor.sandbox import Confinement
from successor.types import (
    Digest,
    Draft,
    Draw,
    Exam,
    Figures,
    Judge,
    Slice,
    Subject,
    Version,
    Workspace,
)

MOST_BYTES = 256 << 20
"""Of a lab's files, all of them together: they are sent to every worker."""
PRIORITY = {"training": 1, "held-out": 2, "confirmation": 0}
"""A verdict ends a generation, so what it waits for comes first."""
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What a subject is made of."""

    kind: str
    settings: Mapping[str, object]
    goal: str
    files: Mapping[str, bytes]
    """Of the lab's folder, by path."""
    unsafe: bool = False

    def told(self) -> dict[str, object]:
        """As a worker is told."""
        files = {path: sha256(data).hexdigest() for path, data in self.files.items()}
        return {
            "kind": self.kind, "settings": self.settings, "goal": self.goal, "files": files,
            "unsafe": self.unsafe,
        }  # fmt: skip


def files_of(folder: Path) -> dict[str, bytes]:
    """All files of a lab but hidden ones and caches.

    Raises:
        UsageError: when they are too many bytes to be sent.
    """
    found, size = dict[str, bytes](), 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(part.startswith(".") or part == "__pycache__" for part in name.parts):
            continue
        if path.is_file():
            size += path.stat().st_size
            if size > MOST_BYTES:
                raise UsageError(
                    f"{folder}: more than {MOST_BYTES:,} bytes: move what no exam needs"
                )
            found[name.as_posix()] = path.read_bytes()
    return found


def examined_by(
    settings: LabFile, folder: Path, subject: Subject, judge: Judge, *, unsafe: bool
) -> tuple[Subject, Judge]:
    """Who takes the exams of a lab, and the judge that has them taken.

    Raises:
        UsageError: when they are to be taken elsewhere and cannot, or it is not to be found.
    """
    from successor.judge import PairedJudge  # a worker needs none

    told, asked = settings.subject, settings.compute
    where = f"{folder / FILE_NAME}: [compute]"
    if asked.kind == HERE:
        if asked.workers is not None:
            raise UsageError(f"{where} workers = {asked.workers}: name a kind, such as 'local'")
        return subject, judge
    where = f"{where} kind = {asked.kind!r}"
    if not isinstance(subject, Parting) or not isinstance(judge, PairedJudge):
        raise UsageError(
            f"{where}: a {told.kind!r} judged by {settings.judge.kind!r} is measured side by side "
            f"in the same minute, on this machine: leave it {HERE!r}"
        )
    plan = Plan(told.kind, told.settings, settings.lab.goal, files_of(folder), unsafe)
    elsewhere = Elsewhere(subject, open_pool(asked.kind, asked.workers), plan)
    return elsewhere, replace(judge, examiner=elsewhere)


@dataclass
class Elsewhere:
    """A subject whose exams are taken by a pool; implements `successor.types.Subject`."""

    subject: Subject
    pool: Pool
    plan: Plan
    weakest: Confinement | None = None
    """The least trusted sandbox that a worker has opened."""
    _kernel: Digest = field(default_factory=kernel_digest)

    def close(self) -> None:
        """End the workers, and the subject's own sandbox."""
        self.pool.close()
        if isinstance(self.subject, Closing):
            self.subject.close()

    def confinement(self) -> Confinement | None:
        """The least trusted sandbox that was opened, here or by a worker."""
        own = self.subject.confinement() if isinstance(self.subject, Confined) else None
        found = [each for each in (own, self.weakest) if each is not None]
        return min(found, key=lambda each: each.trusted, default=None)

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """The first version: made here."""
        return self.subject.create(seed, workspace)

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """By one worker: what it asks next may depend on what came out before."""
        work = self._work("evaluate_self", version, {"seed": seed}, 1)
        return self._ask([work], workspace)[0]

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """The items of a draw."""
        return self.examine_all([(version, draw)], workspace)[0]

    def examine_all(
        self, asked: Sequence[tuple[Version, Draw]], workspace: Workspace
    ) -> list[Exam]:
        """Several draws at once, each in its parts."""
        parts = [cast("Parting", self.subject).parts(draw) for _, draw in asked]
        items = [
            self._work("examine", version, {"draw": asdict(part)}, PRIORITY[draw.purpose])
            for (version, draw), each in zip(asked, parts, strict=True)
            for part in each
        ]
        exams = iter(self._ask(items, workspace))
        return [
            _joined(version, draw, [next(exams) for _ in each])
            for (version, draw), each in zip(asked, parts, strict=True)
        ]

    def _work(self, call: str, version: Version, told: Mapping[str, object], priority: int) -> Work:
        plan = self.plan.told()
        files = cast("Mapping[str, Digest]", plan["files"])
        return Work(
            f"{__name__}:examined",
            {"plan": plan, "version": asdict(version), "call": call, **told},
            tuple(dict.fromkeys((*files.values(), *version.files.values()))),
            priority,
            version.id,
        )

    def _ask(self, items: Sequence[Work], workspace: Workspace) -> list[Exam]:
        own = {sha256(data).hexdigest(): data for data in self.plan.files.values()}

        def read(digest: Digest) -> bytes:
            return own[digest] if digest in own else workspace.read(digest)

        def heed(done: int) -> None:
            workspace.progress("examining", done, len(items), workers=self.pool.busy)

        exams = list[Exam]()
        for reply in self.pool.map(items, read, heed):
            told = cast("dict[str, Any]", reply.value)
            if told["kernel"] != self._kernel:
                raise SuccessorError(
                    "a worker runs another release of Successor: what judges there is not what "
                    "judges here. Install the same one on every machine"
                )
            for digest, content in reply.made.items():
                if workspace.write(content) != digest:
                    raise SuccessorError(f"object {digest} was damaged on its way")
            self._take_in(told)
            exams.append(_read(Exam, told["exam"]))
        return exams

    def _take_in(self, told: Mapping[str, Any]) -> None:
        # What comes of this process is counted here; what it has a model say, and all of afar, not.
        used = {name: Decimal(value) for name, value in told["used"].items()}
        spending.add({name: used[name] for name in used if self.pool.afar or name != CPU})
        if told["confinement"] is not None:
            found = Confinement(**told["confinement"])
            if self.weakest is None or self.weakest.trusted:
                self.weakest = found


def _joined(version: Version, draw: Draw, exams: Sequence[Exam]) -> Exam:
    """One exam of its parts: figures that are numbers are added up."""
    if len(exams) == 1:
        return exams[0]
    figures = dict[str, float | int | str]()
    for name, value in (pair for exam in exams for pair in exam.figures.items()):
        before = figures.get(name)
        text = isinstance(value, str) or before is None or isinstance(before, str)
        figures[name] = value if text else before + value
    slices = tuple(part for exam in exams for part in exam.slices)
    return Exam(version.id, draw, slices, cast("Figures", figures))


# The worker's side


@dataclass
class _Workspace:
    """What a worker's subject may touch; implements `successor.types.Workspace`."""

    read: Read
    made: dict[Digest, bytes] = field(default_factory=dict[Digest, bytes])

    def write(self, data: bytes) -> Digest:
        digest = sha256(data).hexdigest()
        self.made[digest] = data
        return digest

    def checkpoint(self, state: bytes) -> None:
        """Kept nowhere: a part of an exam is short, and done anew."""

    def resume(self) -> bytes | None:
        return None

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        """Told to nobody: whoever asked counts parts."""


def examined(told: Mapping[str, object], read: Read) -> tuple[object, Mapping[Digest, bytes]]:
    """The task of a worker: one exam, or a part of one."""
    subject = _made(cast("Mapping[str, Any]", told["plan"]), read)
    version, work = _read(Version, told["version"]), _Workspace(read)
    before = _used()
    if told["call"] == "evaluate_self":
        exam = subject.evaluate_self(version, cast("int", told["seed"]), work)
    else:
        exam = subject.examine(version, _read(Draw, told["draw"]), work)
    parts = [asdict(Slice(each.name, each.size, each.scores)) for each in exam.slices]
    confinement = subject.confinement() if isinstance(subject, Confined) else None
    value = {
        "exam": {"version": exam.version, "draw": asdict(exam.draw), "slices": parts,
                 "figures": dict(exam.figures)},
        "confinement": None if confinement is None else asdict(confinement),
        "kernel": _kernel(),
        "used": {name: max(0.0, now - before.get(name, 0.0)) for name, now in _used().items()},
    }  # fmt: skip
    return value, work.made


_subjects: dict[str, tuple[Subject, TemporaryDirectory[str]]] = {}
"""Those made in this process, by what they were made of."""


def _made(plan: Mapping[str, Any], read: Read) -> Subject:
    key = sha256(repr(sorted(plan.items())).encode()).hexdigest()
    if key not in _subjects:
        folder = TemporaryDirectory(prefix="successor-lab-")
        root = Path(folder.name)
        for path, digest in plan["files"].items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(read(digest))
        made = make("subjects", plan["kind"], root, plan["settings"], root, plan["goal"])
        if plan["unsafe"] and isinstance(made, Confined):
            made.allow_unsafe()
        _subjects[key] = cast("Subject", made), folder
    return _subjects[key][0]


@cache
def _kernel() -> Digest:
    return kernel_digest()


@cache
def _meter() -> Meter:
    return Meter()


def _used() -> Mapping[str, float]:
    return _meter().read()


def _read(kind: type[T], told: object) -> T:
    # Imported late, as pydantic is everywhere.
    from pydantic import TypeAdapter

    adapter: Callable[[type[T]], TypeAdapter[T]] = TypeAdapter
    return adapter(kind).validate_python(told)
