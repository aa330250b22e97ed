"""To judge again what was judged, from the record alone: on another machine, by somebody else.
And to try the roads that were not taken.

Everything that a verdict rests on is on record or in the store: both versions, the files that
judging rests on, the settings, the seed, and what was known then. Nothing of the lab's folder but
its record is read, and nothing is changed.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from successor.errors import Halt, RecordError, UsageError
from successor.insight.judgement.moments import Moment
from successor.insight.judgement.picks import Tried, tried
from successor.lab import record_of
from successor.ledger import BOUND, Entry, Judged, Ledger, SessionStarted, audit
from successor.ledger.disk import not_verified
from successor.ledger.kernel import kernel_digest
from successor.plugins import Closing, make, own_code
from successor.types import Counts, Digest, Draw, Exam, Judge, Stop, Subject, Verdict

Told = Callable[[float, float], None]
"""Items asked so far, items in all or 0."""


@dataclass(frozen=True)
class Replay:
    """A judgement, and the same once more."""

    generation: int
    then: Verdict
    now: Verdict
    same_kernel: bool
    """Whether the files that judge are those that judged then."""
    seconds: float

    @property
    def confirmed(self) -> bool:
        """Whether it comes to the same."""
        return self.now.outcome == self.then.outcome

    @property
    def identical(self) -> bool:
        """Whether all figures are the same too; where times count they never are."""
        then, now = ({**vars(each), "evidence": None} for each in (self.then, self.now))
        return then == now


@dataclass(frozen=True)
class Aside:
    """A workspace beside the record: reads what is there, keeps what is written to itself."""

    ledger: Ledger
    told: Told
    written: dict[Digest, bytes] = field(default_factory=dict[Digest, bytes])

    def read(self, digest: Digest) -> bytes:
        """An object of the record, or one that was written here."""
        return self.written[digest] if digest in self.written else self.ledger.object(digest)

    def write(self, data: bytes) -> Digest:
        digest = sha256(data).hexdigest()
        self.written[digest] = data
        return digest

    def checkpoint(self, state: bytes) -> None:
        """None: whoever ends it begins anew."""

    def resume(self) -> bytes | None:
        return None

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        self.told(done, total)


def replay(folder: Path, beginning: str | None = None, told: Told | None = None) -> Replay:
    """Judge a version again, as it was judged last; the incumbent, when none is named.

    Args:
        beginning: of the version's id.

    Raises:
        UsageError: when nothing is on record, or the version was never judged.
        RecordError: when the record does not verify, or lacks what judging rests on.
    """
    record = record_of(folder)
    if (problem := audit(record).problem) is not None:
        raise not_verified(record, problem)
    whole = Ledger.read(record)
    found = _judged(whole, beginning, folder)
    before = Ledger.read(record, found.seq - 1)
    then, began = found.event.verdict, time.monotonic()
    with parts_of(before) as (_, judge):
        candidate, incumbent = (whole.version(each) for each in (then.candidate, then.incumbent))
        work = Aside(before, told or _untold)
        now = judge.judge(candidate, incumbent, before, then.seed, work)
    same = found.event.kernel == kernel_digest()
    return Replay(found.event.generation, then, now, same, time.monotonic() - began)


def try_roads(
    folder: Path, found: Sequence[Moment], seed: int, budget_s: float, told: Told | None = None
) -> tuple[Tried, ...]:
    """Try every option of moments of choice on the same fresh items, by the lab's own exams: twice
    each, in an order of moments by chance, until the time is over.

    Args:
        found: moments of the lab's record.
        seed: of the order, the items and random picks.
        budget_s: a moment that is not done by then is left out.
        told: how many moments are done, and of how many.

    Raises:
        RecordError: when the record does not verify, or lacks what exams rest on.
    """
    record = record_of(folder)
    if (problem := audit(record).problem) is not None:
        raise not_verified(record, problem)
    ledger, done, ends = Ledger.read(record), list[Tried](), time.monotonic() + budget_s
    tell = told or _untold

    def heed(_done: float, _total: float) -> None:
        if time.monotonic() > ends:
            raise Halt(Stop("budget", "the time for trying roads is over"))

    with parts_of(ledger) as (subject, _):
        exams, work = dict[tuple[Digest, Draw], Exam](), Aside(ledger, heed)
        for moment in random.Random(seed).sample(found, len(found)):
            tell(len(done), len(found))
            counts = _asked(ledger, moment)
            draws = [Draw("held-out", _seed(seed, turn), counts) for turn in ("move", "picks")]
            try:
                for key in ((each.version, draw) for draw in draws for each in moment.options):
                    heed(0, 0)
                    if (key[0].id, key[1]) not in exams:
                        exams[key[0].id, key[1]] = subject.examine(*key, work)
            except Halt:
                break
            first, second = (
                [exams[each.version.id, draw] for each in moment.options] for draw in draws
            )
            done.append(tried(moment, first, second, seed))
    return tuple(sorted(done, key=lambda each: each.seq))


def _asked(ledger: Ledger, moment: Moment) -> Counts:
    """What the exams of a moment's options asked, of each slice as much as the longest."""
    counts = dict[str, int]()
    for option in moment.options:
        exam = ledger.exam(option.version.id)
        for name, count in exam.draw.counts if exam else ():
            counts[name] = max(count, counts.get(name, 0))
    return tuple(counts.items())


def _seed(seed: int, turn: str) -> int:
    return int(sha256(f"roads/{seed}/{turn}".encode()).hexdigest()[:13], 16)


def _untold(done: float, total: float) -> None:
    """Nobody asked how far it is."""


def _judged(ledger: Ledger, beginning: str | None, folder: Path) -> Entry[Judged]:
    incumbent = ledger.incumbent()
    if beginning is None and incumbent is None:
        raise UsageError(f"{folder}: there is no version yet")
    name = incumbent.id if beginning is None and incumbent else ledger.named(beginning or "")
    judged = [each for each in ledger.entries(Judged) if each.event.verdict.candidate == name]
    if not judged:
        told = "was never judged: the first of a line, or one that nobody came to judge"
        others = [each.event.verdict.candidate for each in ledger.entries(Judged)][-1:]
        hint = "".join(f"\nOne that was: successor replay {folder} {each[:12]}" for each in others)
        raise UsageError(f"{folder}: version {name[:12]} {told}{hint}")
    return judged[-1]


@contextmanager
def parts_of(ledger: Ledger) -> Generator[tuple[Subject, Judge]]:
    """The subject and the judge of the last session, with the files that they rest on.

    Raises:
        RecordError: when one of them is not in the store.
    """
    settings = ledger.entries(SessionStarted)[-1].event.settings
    tables = cast("Mapping[str, Mapping[str, Any]]", settings)
    with tempfile.TemporaryDirectory(prefix="successor-replay-") as home, ExitStack() as at_end:
        folder = Path(home).resolve()
        bound = cast("Mapping[str, Digest]", tables.get(BOUND, {}))
        for path, digest in bound.items():
            restore(folder, path, ledger.object(digest), ledger.folder)
        subject, judge = (dict(tables[name]) for name in ("subject", "judge"))
        kinds = {"subject": str(subject["kind"]), "judge": str(judge["kind"])}
        _require_same(kinds, bound, folder)
        made = make("subjects", subject.pop("kind"), folder, subject, folder, tables["lab"]["goal"])
        if isinstance(made, Closing):
            at_end.callback(made.close)
        judging = make("judges", judge.pop("kind"), folder, judge, made)
        yield cast("Subject", made), cast("Judge", judging)


def _require_same(kinds: Mapping[str, str], on_record: Mapping[str, Digest], folder: Path) -> None:
    """Refuse to judge by parts that are installed here as another release."""
    for name, code in own_code(folder, kinds).items():
        if on_record.get(name, "") not in ("", sha256(code).hexdigest()):
            raise UsageError(f"{name} is not what judging rested on: install the same release")


def restore(folder: Path, path: str, content: bytes, record: Path) -> None:
    """Put a file that judging rests on where it was in the lab's folder.

    Raises:
        RecordError: when it was outside of that.
    """
    place = (folder / path).resolve()
    if not place.is_relative_to(folder):
        raise RecordError(f"{record}: rests on {path}, which is no file of the lab's folder")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
