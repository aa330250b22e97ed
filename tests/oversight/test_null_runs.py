"""Whole runs in which nothing ever gets better: how many promote anything all the same.

Through the real loop, judge, overseer and ledger, with optional stopping, several authors and
selection that adapts: each hands in the luckiest of many, by what it may see, and what it tries
next depends on what was refused.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from successor import loop
from successor.insight import measures
from successor.judge.paired import paired
from successor.ledger import Ledger
from successor.oversight import BaseCases, Policy, PolicyOverseer
from successor.types import (
    Brief,
    Draft,
    Draw,
    Exam,
    Judge,
    Record,
    Slice,
    Subject,
    Verdict,
    Version,
    Workspace,
)

ALPHA = 0.05
SLICES = {"1": 1.0, "2": 1.0, "3": 0.6, "4": 0.3, "5": 0.0}
"""The chance of being right on an item of each, for every version there will ever be."""
GENERATIONS, ATTEMPTS, LUCKIEST_OF = 6, 3, 8


@dataclass(frozen=True)
class Noise:
    """Versions that differ in nothing but their luck; or whose successors are right more often."""

    gain: float = 0.0

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return Draft({"luck": workspace.write(f"first of {seed}".encode())})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        return self.examine(version, Draw("training", seed, counts(24)), workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        luck = workspace.read(version.files["luck"])
        parts = [
            Slice(name, float(name), self.scores(luck, draw, name, count))
            for name, count in draw.counts
        ]
        return Exam(version.id, draw, tuple(parts))

    def scores(self, luck: bytes, draw: Draw, name: str, count: int) -> tuple[float, ...]:
        more = self.gain if name == "3" and not luck.startswith(b"first") else 0.0
        return scores(luck, draw.purpose, draw.seed, name, count, more)


def counts(each: int) -> tuple[tuple[str, int], ...]:
    return tuple((name, each) for name in SLICES)


def scores(
    luck: bytes, purpose: str, seed: int, name: str, count: int, more: float = 0.0
) -> tuple[float, ...]:
    key = [seed % 2**32, *luck, ord(name), len(purpose)]
    rolled = np.random.default_rng(key).random(count)
    return tuple((rolled < SLICES[name] + more).astype(float).tolist())


@dataclass
class Crowd:
    """Authors that take turns: one tries anew, one goes on from what was nearly enough."""

    attempts: int = 0
    nearest: list[bytes] = field(default_factory=list[bytes])

    @property
    def name(self) -> str:
        return ("gambler", "climber")[self.attempts % 2]

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        if len(brief.tried) >= ATTEMPTS:
            return None
        self.attempts += 1
        unclear = any("no gain shown" in each for each in brief.reasons)
        seed = f"{brief.seed}" if self.attempts % 2 else f"{unclear}{len(self.nearest)}{brief.seed}"
        tried = [f"{seed}/{number}".encode() for number in range(LUCKIEST_OF)]
        best = max(tried, key=lambda luck: sum(scores(luck, "training", brief.seed, "3", 200)))
        self.nearest.append(best)
        return Draft({"luck": workspace.write(best)})


@dataclass(frozen=True)
class Came:
    """What came of a run."""

    promoted: int
    judged: int


@dataclass(frozen=True)
class Credulous:
    """Who takes whatever scores higher on a handful of fresh items."""

    subject: Subject

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        draw = Draw("held-out", seed % 2**32, (("3", 32),))
        new, old = (self.subject.examine(v, draw, work).slices[0] for v in (candidate, incumbent))
        outcome = "better" if new.mean > old.mean else "not better"
        gain = new.mean - old.mean
        return Verdict(
            candidate.id, incumbent.id, outcome, 99.0, 20.0, gain, (-1.0, 1.0), 32, seed, "higher"
        )


def run(folder: Path, seed: int, subject: Subject, judge: Judge | None = None) -> Came:
    """One run on a record of its own."""
    folder.mkdir()
    judge = judge or paired({"alpha": ALPHA, "most": 1024}, subject)
    cases = BaseCases(target=("horizon", 4.0), confirm=50, generations=GENERATIONS)
    overseer = PolicyOverseer(Policy(4), cases, measures.measure, loop.MASTERY)
    with Ledger.open(folder / ".successor", settings={}, seed=seed) as ledger:
        loop.run(loop.Parts(ledger, subject, Crowd(), judge, overseer))
        made = [each.outcome for each in ledger.decisions()][1:]
    shutil.rmtree(folder)
    return Came(made.count("promoted"), len(made))


def check(came: Sequence[Came]) -> None:
    """As many runs with any promotion as the stated rate allows, by the luck of so many runs."""
    bad = sum(each.promoted > 0 for each in came)
    assert all(each.judged >= GENERATIONS - 1 for each in came), (
        "the authors hand in what is judged"
    )
    assert bad <= stats.binom.ppf(0.999, len(came), ALPHA), f"{bad} of {len(came)} runs"


def test_runs_on_noise_promote_no_more_than_the_stated_rate(tmp_path: Path):
    check([run(tmp_path / str(seed), seed, Noise()) for seed in range(20)])


def test_the_same_runs_promote_what_is_better(tmp_path: Path):
    came = [run(tmp_path / str(seed), seed, Noise(gain=0.3)) for seed in range(5)]
    assert all(each.promoted for each in came)


def test_a_judge_that_takes_the_higher_score_is_found_out(tmp_path: Path):
    noise = Noise()
    came = [run(tmp_path / str(seed), seed, noise, Credulous(noise)) for seed in range(5)]
    with pytest.raises(AssertionError, match="5 of 5 runs"):
        check(came)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_thousand_runs_on_noise_promote_no_more_than_the_stated_rate(tmp_path: Path):
    check([run(tmp_path / str(seed), seed, Noise()) for seed in range(1000)])
