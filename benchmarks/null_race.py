"""How often the judge of programs promotes what is no better, and how well it sees what is.

    python benchmarks/null_race.py              # 1,000 judgements of each case, a few minutes
    python benchmarks/null_race.py --quick      # a tenth of it

Every candidate goes through the real RaceJudge with optional stopping on; only the programs and
the machine are simulated (successor.judge.simulated_race). Writes docs/benchmarks/null_race.json
and null_race.md beside it.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from successor.judge import RaceJudge, RaceSettings, SingleTest, WholeRun
from successor.judge.budget import ErrorBudget
from successor.judge.simulated import SimulatedRecord, SimulatedWork
from successor.judge.simulated_race import Clock, Machine, Runner, SimulatedRacer, entered
from successor.types import Decision, Verdict

ALPHA = 0.05
HERE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"
QUIET = Machine(noise=0.02)
NOISY = Machine(noise=0.2)
TAILED = Machine(noise=0.1, busy=0.2)
SLUGGISH = Machine(noise=0.2, kept=0.95)
DRIFTING = Machine(noise=0.02, drift=-0.06)
COLD = Machine(noise=0.02, cold=0.2)
WORST = Machine(noise=0.2, kept=0.95, drift=-0.06, busy=0.2)
SAME = Runner()
Step = Callable[[], None]


@dataclass(frozen=True)
class Case:
    """A candidate, and the machine on which it meets its incumbent."""

    name: str
    candidate: Runner = SAME
    machine: Machine = WORST
    objectives: tuple[str, ...] = ("speed",)
    alternating: bool = True


NULLS = (
    Case("unchanged, quiet machine", machine=QUIET),
    Case("unchanged, noise of 20%", machine=NOISY),
    Case("unchanged, one run in five held up, infinite mean", machine=TAILED),
    Case("unchanged, noise that lasts for 20 runs", machine=SLUGGISH),
    Case("unchanged, machine speeds up by 6% a run", machine=DRIFTING),
    Case("unchanged, the first run of a heat 20% slower", machine=COLD),
    Case("unchanged, all of it at once", machine=WORST),
    Case("unchanged, speed and accuracy", objectives=("speed", "accuracy")),
    Case("same program, another seed (accuracy by luck)", objectives=("accuracy",)),
    Case("exactly 1.05 times as fast", Runner(seconds=1 / 1.05), NOISY),
    Case("1.1 times as fast for 100 nodes of code more", Runner(seconds=1 / 1.1, nodes=200)),
    Case("twice as fast, wrong on 1% of the items", Runner(seconds=0.5, wrong=0.01)),
    Case("simpler, and 5% slower", Runner(seconds=1.05, nodes=60), NOISY),
    Case("twice as fast on large inputs, slower on small", Runner(seconds=0.2, start=2.0)),
)
"""None of these is to be promoted; several lie exactly on the border of the hypothesis."""
BARE = (
    Case("unchanged, machine speeds up by 6% a run", SAME, DRIFTING, alternating=False),
    Case("unchanged, the first run of a heat 20% slower", SAME, COLD, alternating=False),
    Case("unchanged, all of it at once", SAME, WORST, alternating=False),
)
"""What the order within a heat is for: here the incumbent always runs first."""
SIMPLER = (
    Case("simpler and as fast, quiet machine", Runner(nodes=60), QUIET),
    Case("simpler and as fast, all at once", Runner(nodes=60)),
)


def gains(machine: Machine, where: str) -> tuple[Case, ...]:
    """Candidates that are faster by a known factor."""
    return tuple(
        Case(f"{factor:g} times as fast, {where}", Runner(seconds=1 / factor), machine)
        for factor in (1.05, 1.1, 1.5, 2.0)
    )


@dataclass(frozen=True)
class Run:
    """What a run has on record and in its store."""

    budget: ErrorBudget
    record: SimulatedRecord = field(default_factory=SimulatedRecord)
    work: SimulatedWork = field(default_factory=SimulatedWork)


def judged(case: Case, seed: int, run: Run) -> Verdict:
    """One judgement by the real judge."""
    incumbent, candidate = entered(SAME), entered(case.candidate, "candidate")
    runners = {incumbent.id: SAME, candidate.id: case.candidate}
    clock = Clock(case.machine, np.random.default_rng(seed))
    racer = SimulatedRacer(runners, clock, objectives=case.objectives, alternating=case.alternating)
    run.record.exams[incumbent.id] = racer.evaluate_self(incumbent, seed, run.work)
    judge = RaceJudge(racer, RaceSettings(), run.budget)
    return judge.judge(candidate, incumbent, run.record, seed, run.work)


@dataclass(frozen=True)
class Row:
    """What became of one case."""

    case: str
    judged: int
    better: int
    not_better: int
    unclear: int
    asked: float
    """Mean number of items and heats, each of both versions."""

    def told(self) -> str:
        """A line of the table."""
        share = f"{100 * self.better / self.judged:.1f}%"
        return f"| {self.case} | {self.judged:,} | {share} | {self.unclear:,} | {self.asked:,.0f} |"


@dataclass(frozen=True)
class Result:
    """All that was measured."""

    alpha: float
    seed: int
    nulls: list[Row]
    bare: list[Row]
    power: list[Row]
    runs: int
    candidates_each: int
    runs_with_any: int
    seconds: float


def at_fixed_level(cases: Sequence[Case], each: int, seed: int, step: Step) -> list[Row]:
    """Every case judged `each` times, each time as if it were the only test."""
    table = list[Row]()
    for place, case in enumerate(cases):
        found, asked = Counter[str](), 0
        for turn in range(each):
            at = (seed * 1_009 + place) * 1_000_003 + turn
            verdict = judged(case, at, Run(SingleTest(ALPHA)))
            found[verdict.outcome] += 1
            asked += verdict.items
            step()
        counts = (found["better"], found["not better"], found["unclear"])
        table.append(Row(case.name, each, *counts, asked / each))
    return table


def runs_with_any(runs: int, length: int, seed: int, step: Step) -> int:
    """Runs that promote anything, when none of their candidates is any good."""
    fooled = 0
    for number in range(runs):
        run = Run(WholeRun(ALPHA))
        for turn in range(length):
            case = NULLS[(number + turn) % len(NULLS)]
            verdict = judged(case, (seed * 1_013 + number) * 1_000_033 + turn, run)
            outcome = "promoted" if verdict.outcome == "better" else "rejected"
            run.record.decided.append(Decision(verdict.candidate, outcome, "", "simulation"))
            run.record.judged.append(verdict)
            step()
        fooled += any(verdict.outcome == "better" for verdict in run.record.judged)
    return fooled


def simulate(each: int, seed: int, step: Step) -> Result:
    """All tables."""
    began, runs, length = time.monotonic(), max(1, each // 5), 10
    power = (*gains(QUIET, "quiet"), *gains(NOISY, "noise of 20%"), *gains(WORST, "all at once"))
    return Result(
        ALPHA,
        seed,
        at_fixed_level(NULLS, each, seed, step),
        at_fixed_level(BARE, each, seed + 1, step),
        at_fixed_level((*power, *SIMPLER), max(1, each // 5), seed + 2, step),
        runs,
        length,
        runs_with_any(runs, length, seed + 3, step),
        round(time.monotonic() - began, 1),
    )


def steps(each: int) -> int:
    """Judgements that `simulate` makes."""
    return (len(NULLS) + len(BARE)) * each + (12 + len(SIMPLER) + 10) * max(1, each // 5)


def restored(figures: dict[str, Any]) -> Result:
    """The result that was written as JSON."""
    nulls, bare, power = (
        [Row(**row) for row in figures[name]] for name in ("nulls", "bare", "power")
    )
    return replace(Result(**figures), nulls=nulls, bare=bare, power=power)


def fragment(result: Result) -> str:
    """The tables for docs/benchmarks.md."""
    head = "| candidate | judged | promoted | left open | items and heats, mean |\n"
    head += "| --- | ---: | ---: | ---: | ---: |\n"
    wrong = sum(row.better for row in result.nulls)
    total = sum(row.judged for row in result.nulls)
    nulls, bare, power = (
        head + "\n".join(row.told() for row in rows)
        for rows in (result.nulls, result.bare, result.power)
    )
    return f"""\
Programs that must not be promoted, each judged at the level {ALPHA:g} as if it were the only
one: {wrong:,} of {total:,} promoted ({100 * wrong / total:.2f}%).

{nulls}

What alternation is for: the same machines when the incumbent always runs first.

{bare}

Whole runs of {result.candidates_each} candidates that are no better, under one error budget of
{ALPHA:g}: {result.runs_with_any} of {result.runs:,} runs promoted any.

Power at the same fixed level; 1.05 is the smallest gain worth having, so on its border:

{power}
"""


@click.command()
@click.option("--each", default=1_000, show_default=True, help="Judgements of each case.")
@click.option("--quick", is_flag=True, help="100 of each.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(*, each: int, quick: bool, seed: int, as_json: bool, out: Path) -> None:
    """Measure false promotions and power of the judge of programs."""
    each = 100 if quick else each
    with click.progressbar(length=steps(each), label="judging", file=sys.stderr) as bar:
        result = simulate(each, seed, lambda: bar.update(1))
    figures = json.dumps(asdict(result), indent=2)
    out.mkdir(parents=True, exist_ok=True)
    (out / "null_race.json").write_text(figures + "\n")
    (out / "null_race.md").write_text(fragment(result))
    click.echo(figures if as_json else fragment(result))


if __name__ == "__main__":
    main()
