"""What each policy costs in improvement, and what it lets through.

    python benchmarks/policies.py              # 100 runs of 40 candidates under each policy
    python benchmarks/policies.py --quick      # 10 runs

The real PairedJudge with its error budget and the real Policy decide on simulated candidates
(successor.judge.simulated); only reviewers are simulated beside that. Every policy meets the same
worlds by seed. Writes docs/benchmarks/policies.json; tools/docs.py draws it.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

from successor.judge import PairedJudge, WholeRun
from successor.judge.simulated import (
    Rates,
    SimulatedRecord,
    SimulatedSubject,
    SimulatedWork,
    named,
)
from successor.oversight import Policy as Rules
from successor.oversight import Stage
from successor.types import Decision, Draw, Verdict, Version

HERE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"
LENGTH = 40
"""Candidates in a run."""
EASY, FRONTIER = (1.0,) * 8, (0.5, 0.2, 0.05)
GAIN, LOSS = 0.05, 0.06
"""What an honest gain adds to each rate at the frontier, and what a trade takes from easy items."""
Kind: TypeAlias = Literal["gain", "noise", "trade", "gamed", "sabotage"]
CHANCES: dict[Kind, float] = {
    "gain": 0.25,
    "noise": 0.4,
    "trade": 0.1,
    "gamed": 0.15,
    "sabotage": 0.1,
}
"""Honest are a gain and noise. A trade loses what was mastered; a gamed one is perfect on the
items that authors may see and no better on others; sabotage is a gain with a defect that no item
shows."""
Step = Callable[[], None]


@dataclass(frozen=True)
class Policy:
    """Who decides, and by what."""

    name: str
    takes: Literal["own exam", "fresh items", "evidence"]
    alpha: float = 0.05
    stage: Stage = 4
    reviewers: int = 0
    """Each of whom has to agree."""


CATCHES, REFUSES = 0.6, 0.05
"""Shares of sabotage that a reviewer sees, and of honest candidates that one turns away: assumed.
`successor drill` measures yours."""
POLICIES = (
    Policy("the higher score on its own exam", "own exam"),
    Policy("the higher score on 32 fresh items", "fresh items"),
    Policy("evidence, error budget 0.5", "evidence", 0.5),
    Policy("evidence, error budget 0.05", "evidence"),
    Policy("evidence, error budget 0.001", "evidence", 0.001),
    Policy("evidence, 0.05, and one reviewer", "evidence", 0.05, 3, 1),
    Policy("evidence, 0.05, and two reviewers", "evidence", 0.05, 3, 2),
)


@dataclass(frozen=True)
class Row:
    """What came of all runs under one policy."""

    policy: str
    improvement: float
    """Of what all honest gains in a run come to, the share that was promoted; a mean over runs."""
    offered: dict[str, int]
    promoted: dict[str, int]
    """Candidates, by kind."""

    @property
    def bad(self) -> tuple[int, int]:
        """(promoted, offered) of all that should not be; of noise that is no harm, but an error."""
        kinds = [each for each in CHANCES if each != "gain"]
        return sum(self.promoted[k] for k in kinds), sum(self.offered[k] for k in kinds)


@dataclass(frozen=True)
class Result:
    """All that was measured."""

    runs: int
    length: int
    seed: int
    catches: float
    refuses: float
    rows: tuple[Row, ...]
    seconds: float


@dataclass
class World:
    """One run: a line of candidates, the same for every policy up to what it promotes."""

    policy: Policy
    chance: random.Random
    reviewing: random.Random
    skill: float = 0.0
    """What honest gains have added to the frontier."""
    number: int = 0

    def rates(self, *, more: float = 0.0, easy: float = 1.0) -> Version:
        """A version by its rates; a jitter of nothing tells it from others like it."""
        self.number += 1
        right = tuple(min(1.0, each + self.skill + more) for each in FRONTIER)
        made = Rates((easy,) * len(EASY) + right, 0.5 + 1e-9 * self.number)
        version = named(made)
        self.known[version.id] = made
        return version

    def __post_init__(self) -> None:
        self.known: dict[str, Rates] = {}
        self.subject = SimulatedSubject(self.known)
        self.record = SimulatedRecord()
        self.work = SimulatedWork()
        self.offered: Counter[str] = Counter()
        self.promoted: Counter[str] = Counter()
        self.incumbent = self.rates()
        self._examine(self.incumbent)

    def turn(self) -> None:
        """One candidate."""
        (kind,) = self.chance.choices(list[Kind](CHANCES), weights=[*CHANCES.values()])
        seed, self.offered[kind] = self.chance.randrange(2**32), self.offered[kind] + 1
        real = GAIN if kind in {"gain", "sabotage"} else 2 * GAIN if kind == "trade" else 0.0
        candidate = self.rates(more=real, easy=1.0 - LOSS if kind == "trade" else 1.0)
        if not self._better(candidate, kind, seed) or not self._agreed(kind):
            return
        self.promoted[kind] += 1
        self.skill += GAIN if kind in {"gain", "sabotage"} else 0.0
        self.incumbent = self.rates()
        self._examine(self.incumbent)

    def _better(self, candidate: Version, kind: Kind, seed: int) -> bool:
        if self.policy.takes != "evidence":
            items = 32 if self.policy.takes == "fresh items" else 100
            if kind == "gamed" and self.policy.takes == "own exam":
                return True
            draw = Draw("held-out", seed, tuple((str(9 + n), items) for n in range(len(FRONTIER))))
            exams = [self.subject.examine(v, draw, self.work) for v in (candidate, self.incumbent)]
            new, old = (sum(part.mean for part in exam.slices) for exam in exams)
            return new > old
        judge = PairedJudge(self.subject, budget=WholeRun(self.policy.alpha))
        verdict = judge.judge(candidate, self.incumbent, self.record, seed, self.work)
        decision = self._decided(verdict)
        self.record.judged.append(verdict)
        self.record.decided.append(decision)
        return decision.outcome != "rejected"

    def _decided(self, verdict: Verdict) -> Decision:
        made = Rules(self.policy.stage).decide(verdict)
        if made.outcome == "waiting":  # for the error budget it is a promotion, whatever people say
            return Decision(made.candidate, "promoted", made.reason, made.by)
        return made

    def _agreed(self, kind: Kind) -> bool:
        seen = CATCHES if kind == "sabotage" else REFUSES
        return all(self.reviewing.random() >= seen for _ in range(self.policy.reviewers))

    def _examine(self, version: Version) -> None:
        exam = self.subject.evaluate_self(version, 1, self.work)
        self.record.exams[version.id] = exam


def measured(policy: Policy, runs: int, seed: int, step: Step) -> Row:
    """Run by run, each in a world of its own."""
    shares, offered, promoted = list[float](), Counter[str](), Counter[str]()
    for run in range(runs):
        world = World(policy, random.Random(f"{seed}/{run}"), random.Random(f"{seed}/{run}/people"))
        for _ in range(LENGTH):
            world.turn()
        step()
        if world.offered["gain"]:
            shares.append(world.promoted["gain"] / world.offered["gain"])
        offered += world.offered
        promoted += world.promoted
    counts = ({kind: each[kind] for kind in CHANCES} for each in (offered, promoted))
    return Row(policy.name, sum(shares) / max(1, len(shares)), *counts)


def simulate(runs: int, seed: int, step: Step) -> Result:
    """Every policy."""
    began = time.monotonic()
    rows = tuple(measured(policy, runs, seed, step) for policy in POLICIES)
    seconds = round(time.monotonic() - began, 1)
    return Result(runs, LENGTH, seed, CATCHES, REFUSES, rows, seconds)


def restored(figures: dict[str, Any]) -> Result:
    """The result that was written as JSON."""
    rows = tuple(Row(**row) for row in figures.pop("rows"))
    return Result(rows=rows, **figures)


def fragment(result: Result) -> str:
    """The plot and the table for docs/benchmarks.md."""
    runs = f"{result.runs} runs of {result.length} candidates under each policy, seed {result.seed}"
    sees, refuses = f"{result.catches:.0%} of sabotage", f"{result.refuses:.0%} of everything else"
    points = "\n".join(
        f"    {number}: [{_held(row.improvement)}, {_held(1 - row.bad[0] / row.bad[1])}]"
        for number, row in enumerate(result.rows, 1)
    )
    table = "\n".join(
        f"| {number} | {row.policy} | {row.improvement:.0%} | "
        + " | ".join(f"{row.promoted[k]:,} of {row.offered[k]:,}" for k in CHANCES if k != "gain")
        + " |"
        for number, row in enumerate(result.rows, 1)
    )
    return f"""\
{runs}. A reviewer
is assumed to see {sees} and to turn away {refuses}.

```mermaid
quadrantChart
    x-axis Honest gains promoted: few --> all
    y-axis Others turned away: few --> all
{points}
```

| | promoted is | honest gains | noise | trades | gamed exams | sabotage |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
{table}
"""


def _held(share: float) -> float:
    """Within what the chart can show."""
    return round(min(0.99, max(0.01, share)), 3)


@click.command()
@click.option("--runs", default=100, show_default=True, help="Under each policy.")
@click.option("--quick", is_flag=True, help="10 runs.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(*, runs: int, quick: bool, seed: int, as_json: bool, out: Path) -> None:
    """Measure what each policy costs, and what it lets through."""
    runs = 10 if quick else runs
    with click.progressbar(length=runs * len(POLICIES), label="deciding", file=sys.stderr) as bar:
        result = simulate(runs, seed, lambda: bar.update(1))
    figures = json.dumps(asdict(result), indent=2)
    out.mkdir(parents=True, exist_ok=True)
    (out / "policies.json").write_text(figures + "\n")
    click.echo(figures if as_json else fragment(result))


if __name__ == "__main__":
    main()
