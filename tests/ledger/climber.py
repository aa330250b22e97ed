"""A whole lab in numpy: a vector that climbs towards a target it is not told.

Small, but nothing in it is pretended: it fails where it is weak, its author works in rounds
with checkpoints of 200 kB, some candidates are worse, and some generations are barren.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from successor.ledger import Ledger, audit
from successor.loop import Parts, run
from successor.types import (
    Brief,
    Counts,
    Decision,
    Draft,
    Draw,
    Exam,
    Record,
    Slice,
    Stop,
    Verdict,
    Version,
    Workspace,
)

Vector = NDArray[np.float64]
SIZE = 24_000
BLOCKS = ("near", "middle", "far")
ROUNDS = 4
TARGET: Vector = np.sin(np.arange(SIZE) * 0.37) * np.repeat((1.0, 2.0, 3.0), SIZE // len(BLOCKS))


def load(version: Version, workspace: Workspace) -> Vector:
    return np.frombuffer(workspace.read(version.files["vector"]))


def scores(vector: Vector, block: int, items: NDArray[np.int64]) -> tuple[float, ...]:
    where = block * (SIZE // len(BLOCKS)) + items
    return tuple(float(near) for near in np.abs(vector[where] - TARGET[where]) < 0.2)


@dataclass(frozen=True)
class Climbing:
    """The subject: a vector, examined block by block."""

    def create(self, seed: int, workspace: Workspace) -> Draft:
        vector = np.random.default_rng(seed).normal(size=SIZE) * 0.1
        return Draft({"vector": workspace.write(vector.tobytes())}, {"examples": 0})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        draw = Draw("training", seed, tuple((block, 200) for block in BLOCKS))
        return self.examine(version, draw, workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        vector = load(version, workspace)
        chance = np.random.default_rng(draw.seed)
        slices: list[Slice] = []
        for name, count in draw.counts:
            block = BLOCKS.index(name)
            items = chance.integers(0, SIZE // len(BLOCKS), size=count)
            slices.append(Slice(name, 1.0 + block, scores(vector, block, items)))
            workspace.progress("examine", block + 1, len(BLOCKS))
        return Exam(version.id, draw, tuple(slices), {"norm": float(np.linalg.norm(vector))})


@dataclass(frozen=True)
class Climber:
    """The author: works at the blocks that the exam found weak, in rounds."""

    @property
    def name(self) -> str:
        return "climb"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        if len(brief.tried) == 2 or not brief.weaknesses:
            return None
        begun = 0
        vector = load(brief.lineage[-1], workspace).copy()
        if (state := workspace.resume()) is not None:
            begun, vector = state[0], np.frombuffer(state[1:]).copy()
        for number in range(begun, ROUNDS):
            vector = self._step(brief, vector, number)
            workspace.checkpoint(bytes([number + 1]) + vector.tobytes())
            workspace.progress("climb", number + 1, ROUNDS, norm=float(np.linalg.norm(vector)))
        return Draft({"vector": workspace.write(vector.tobytes())}, {"examples": 10 * ROUNDS})

    def _step(self, brief: Brief, vector: Vector, number: int) -> Vector:
        chance = np.random.default_rng((brief.seed, number))
        noise = chance.normal(size=SIZE) * 0.01
        way = -0.2 if brief.seed % 3 == 0 else 0.25
        for weakness in brief.weaknesses:
            part = SIZE // len(BLOCKS)
            begin = BLOCKS.index(weakness.slice) * part
            span = slice(begin, begin + part)
            vector[span] += way * (TARGET[span] - vector[span])
        return vector + noise


@dataclass(frozen=True)
class Comparing:
    """The judge: the same fresh items to both, and the betting e-value of a fixed stake."""

    subject: Climbing

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        draw = Draw("held-out", seed, tuple((block, 100) for block in BLOCKS))
        pair = [self.subject.examine(each, draw, work) for each in (candidate, incumbent)]
        new, old = (np.concatenate([part.scores for part in exam.slices]) for exam in pair)
        differences = new - old
        e_value = float(np.exp(np.log1p(0.5 * differences).sum()))
        effect = float(differences.mean())
        error = float(1.96 * differences.std() / np.sqrt(len(differences)))
        return Verdict(
            candidate=candidate.id,
            incumbent=incumbent.id,
            outcome="better" if e_value >= 20.0 else "not better",
            e_value=e_value,
            threshold=20.0,
            effect=effect,
            interval=(effect - error, effect + error),
            items=len(differences),
            seed=seed,
            reason=f"mean difference {effect:.3f}",
            evidence=work.write(np.stack([new, old]).tobytes()),
        )


@dataclass(frozen=True)
class Overseeing:
    """The overseer: the better one takes over; five generations are enough."""

    generations: int = 6

    def decide(self, verdict: Verdict, record: Record) -> Decision:
        outcome = "promoted" if verdict.outcome == "better" else "rejected"
        return Decision(verdict.candidate, outcome, verdict.reason, "evidence")

    def to_confirm(self, record: Record) -> Counts:
        return ()

    def base_case(self, record: Record) -> Stop | None:
        if len(record.generations()) >= self.generations:
            return Stop("generations", f"{self.generations} generations are over")
        return None


def parts(ledger: Ledger) -> Parts:
    subject = Climbing()
    return Parts(ledger, subject, Climber(), Comparing(subject), Overseeing())


def climb(folder: Path, seed: int = 7, halt: Callable[[], Stop | None] | None = None) -> Stop:
    """Run the lab in a folder, from where it is, to its base case."""
    with Ledger.open(folder, settings={"size": SIZE}, seed=seed, halt=halt) as ledger:
        ledger.started({"cpus": 1})
        return run(parts(ledger))


@dataclass(frozen=True)
class EndState:
    """All that a run leaves, but for the times and the sessions."""

    lineage: tuple[Version, ...]
    generations: tuple[str | None, ...]
    decisions: tuple[Decision, ...]
    verdicts: tuple[Verdict, ...]
    exams: tuple[Exam | None, ...]
    used: float
    objects_named: int
    objects: tuple[str, ...]
    left_behind: tuple[str, ...]


def end_state(folder: Path) -> EndState:
    """The end of a run; its record is sound."""
    ledger = Ledger.read(folder)
    report = audit(folder)
    assert report.problem is None
    incumbent = ledger.incumbent()
    assert incumbent is not None
    store = folder / "objects"
    files = (str(path.relative_to(store)) for path in store.rglob("*") if path.is_file())
    return EndState(
        lineage=ledger.lineage(incumbent.id),
        generations=ledger.generations(),
        decisions=ledger.decisions(),
        verdicts=ledger.verdicts(),
        exams=tuple(ledger.exam(decision.candidate) for decision in ledger.decisions()),
        used=ledger.used("examples"),
        objects_named=report.objects,
        objects=tuple(sorted(files)),
        left_behind=tuple(sorted(path.name for path in (folder / "work").iterdir())),
    )
