"""Running one base model or one arm, and measuring what became of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from controls.arms import Arm, Positions
from controls.clock import Stopwatch
from controls.parts import Taught
from controls.scale import Scale
from successor import loop
from successor.insight.reach import measure
from successor.ledger import Ledger, Written
from successor.oversight import BaseCases, Interruptible, Policy, PolicyOverseer
from successor.subjects.transformer import Transformer
from successor.subjects.transformer.subject import HOPELESS, WEIGHTS, grid
from successor.subjects.transformer.tasks import TASKS
from successor.types import Digest, Draw, Exam, Overseer, Slice, Subject, Version

LOST = 0.01
"""A round is bad when its version is right less often by this, over what was mastered, ..."""
SHRUNK = 0.05
"""... or when its horizon is shorter by this share."""
PLATEAU = 4
"""Refused rounds in a row that end a gated arm."""
MANY = 100_000
"""Generations that no arm has the time for."""
UNSEEN = 2**52 + 17
"""Added to the seed of an arm: the draw on which all its versions are measured."""


@dataclass(frozen=True)
class Desk:
    """A workspace for measuring after the fact: reads what a ledger holds."""

    ledger: Ledger

    def read(self, digest: Digest) -> bytes:
        return self.ledger.object(digest)

    def write(self, data: bytes) -> Digest:
        raise NotImplementedError("measuring writes nothing")

    def checkpoint(self, state: bytes) -> None:
        """Measuring is not resumed."""

    def resume(self) -> bytes | None:
        return None

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        """Nobody listens."""


def learner(scale: Scale, positions: Positions) -> Transformer:
    """A transformer that adds."""
    return Transformer(TASKS["addition"](), scale.settings(positions))


def train_base(scale: Scale, positions: Positions, seed: int, folder: Path) -> None:
    """The first version, as a lab would write it; leaves `weights` and `result.json`."""
    subject, record = learner(scale, positions), _record(folder)
    watch = Stopwatch(folder / "processor_s", math.inf)
    with Ledger.open(record, settings={}, seed=seed, halt=watch.stop) as ledger:
        arm = Arm("base", "", "labelled", scale.author)
        loop.run(
            _parts(ledger, subject, subject, arm, Interruptible(_overseer(1, None), watch.stop))
        )
        version, minutes = ledger.incumbent(), watch.spent_s() / 60
        if version is None or not ledger.generations():
            raise RuntimeError(f"{folder} has no first version")
        exam = examine(subject, version, scale, seed, ledger)
        (folder / "weights").write_bytes(ledger.object(version.files[WEIGHTS]))
        labelled = [p for p in exam.slices if p.size <= scale.subject.labelled and _plain(p)]
        written = ledger.entries(Written)[0].event.figures
        model = subject.load(version, Desk(ledger))
        _keep(
            folder,
            {
                "positions": positions,
                "seed": seed,
                **measure(exam),
                "in_range": sum(part.mean for part in labelled) / len(labelled),
                "parameters": sum(weight.numel() for weight in model.network.parameters()),
                "steps": written["steps"],
                "tokens": written["tokens"],
                "minutes": minutes,
                "right": _right(exam),
            },
        )


def run_arm(scale: Scale, arm: Arm, seed: int, base: Path, folder: Path) -> None:
    """The loop, for the minutes of an arm; leaves `result.json`. Goes on where a kill left it."""
    student = learner(scale, arm.positions)
    subject = Taught(student, (base / "weights").read_bytes())
    record = _record(folder)
    watch = Stopwatch(folder / "processor_s", 60 * scale.minutes)
    overseer = Interruptible(_overseer(MANY, PLATEAU if arm.gate else None), watch.stop)
    settings: dict[str, object] = {"arm": arm.name, "author": asdict(arm.settings)}
    with Ledger.open(record, settings=settings, seed=seed, halt=watch.stop) as ledger:
        stop = loop.run(_parts(ledger, subject, student, arm, overseer))
        watch.keep()
        if stop.base_case == "interrupted":
            raise KeyboardInterrupt
        _keep(
            folder,
            {
                "arm": arm.name,
                "seed": seed,
                "minutes": watch.spent_s() / 60,
                "wall_minutes": ledger.spent_s() / 60,
                **figures(ledger),
                **outcome(student, scale, seed, ledger),
                "stopped_by": stop.base_case,
            },
        )


def _parts(
    ledger: Ledger, subject: Subject, student: Transformer, arm: Arm, overseer: Overseer
) -> loop.Parts:
    return loop.Parts(ledger, subject, arm.author(student), arm.judge(subject), overseer)


def _overseer(generations: int, plateau: int | None) -> PolicyOverseer:
    cases = BaseCases(generations=generations, plateau=plateau, floor=0.0)
    return PolicyOverseer(Policy(), cases, measure, loop.MASTERY)


def figures(ledger: Ledger) -> dict[str, object]:
    """What the record itself says about an arm: labels, effort, promotions."""
    rounds = [entry.event for entry in ledger.entries(Written)[1:] if entry.event.version]
    yields = [float(r.figures["yield"]) for r in rounds]
    exams = [ledger.exam(r.version.id) for r in rounds if r.version]
    precision = [
        float(exam.figures["label_precision"])
        for exam in exams
        if exam and "label_precision" in exam.figures
    ]
    done = ledger.generations()[1:]
    return {
        "generations": len(done),
        "promotions": sum(promoted is not None for promoted in done),
        "precision_min": min(precision, default=None),
        "precision_mean": sum(precision) / len(precision) if precision else None,
        "precision": precision,
        "yield": sum(yields) / len(yields) if any(yields) else None,
        "tokens": ledger.used("tokens"),
    }


def outcome(student: Transformer, scale: Scale, seed: int, ledger: Ledger) -> dict[str, object]:
    """Every version that was ever in charge, measured on the same items, which nobody has seen."""
    incumbent = ledger.incumbent()
    line = ledger.lineage(incumbent.id) if incumbent else ()
    exams = [examine(student, version, scale, seed, ledger) for version in line]
    bad = [i for i, pair in enumerate(pairwise(exams), 1) if worse(*pair)]
    return {
        **measure(exams[-1]),
        "bad_promotions": len(bad),
        "bad_rounds": bad,
        "best_horizon": max(measure(exam)["horizon"] for exam in exams),
        "right": [_right(exam) for exam in exams],
    }


def examine(
    student: Transformer, version: Version, scale: Scale, seed: int, ledger: Ledger
) -> Exam:
    """Every size on the grid until two in a row are hopeless, on the draw of this seed."""
    parts: list[Slice] = []
    hopeless = 0
    for size in grid(student.settings.largest):
        plain, *special = student.slices(size)
        counts = ((plain, scale.items), *((name, scale.items // 4) for name in special))
        draw = Draw("confirmation", UNSEEN + seed, counts)
        found = student.examine(version, draw, Desk(ledger)).slices
        parts += found
        hopeless = hopeless + 1 if max(part.mean for part in found) <= HOPELESS else 0
        if hopeless == 2:
            break
    return Exam(version.id, Draw("confirmation", UNSEEN + seed, ()), tuple(parts))


def worse(before: Exam, after: Exam) -> bool:
    """Whether a promotion was a bad one.

    It was when the versions' share of right answers, averaged over the slices that either of
    them masters, fell by more than a point, or when the horizon fell by more than a twentieth.
    """
    then, now = _right(before), _right(after)
    either = [n for n in {**then, **now} if max(then.get(n, 0), now.get(n, 0)) >= loop.MASTERY]
    lost = sum(then.get(name, 0.0) - now.get(name, 0.0) for name in either) / max(1, len(either))
    reach = measure(before)["horizon"], measure(after)["horizon"]
    return lost > LOST or reach[1] < (1 - SHRUNK) * reach[0]


def _right(exam: Exam) -> dict[str, float]:
    return {part.name: part.mean for part in exam.slices}


def _plain(part: Slice) -> bool:
    return part.name.isdigit()


def _record(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "record"


def _keep(folder: Path, result: Mapping[str, object]) -> None:
    """Written last and in one piece: who finds it finds it whole."""
    draft = folder / "result.tmp"
    draft.write_text(json.dumps(result, indent=1), encoding="utf-8")
    draft.replace(folder / "result.json")
