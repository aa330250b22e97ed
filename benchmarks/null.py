"""How often the judge promotes what is no better, and how well it sees what is.

    python benchmarks/null.py              # 10,000 candidates of no gain, a few minutes
    python benchmarks/null.py --quick      # a twentieth of it

Every candidate goes through the real PairedJudge with optional stopping on; only the subject is
simulated (successor.judge.simulated). Writes docs/benchmarks/null.json and null.md beside it.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from successor.judge import PairedJudge, SingleTest, WholeRun
from successor.judge.budget import ErrorBudget
from successor.judge.simulated import (
    Rates,
    SimulatedRecord,
    SimulatedSubject,
    SimulatedWork,
    named,
)
from successor.types import Decision, Verdict, Version

ALPHA = 0.05
HERE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"
EASY = (1.0,) * 8
FRONTIER = (0.6, 0.3, 0.1, 0.0, 0.0)
Step = Callable[[], None]


@dataclass(frozen=True)
class Case:
    """An incumbent and a candidate by their rates."""

    name: str
    incumbent: Rates
    candidate: Rates


def rates(*right: float, shared: float = 0.0) -> Rates:
    """The easy slices mastered, the rest as given."""
    return Rates(EASY + right, shared)


NULLS = (
    Case("the same answers", rates(*FRONTIER, shared=1.0), rates(*FRONTIER, shared=1.0)),
    Case(
        "equal rates, answers half alike",
        rates(*FRONTIER, shared=0.5),
        rates(*FRONTIER, shared=0.5),
    ),
    Case("equal rates, independent answers", rates(*FRONTIER), rates(*FRONTIER)),
    Case("coin flips on the frontier", rates(*(0.5,) * 5), rates(*(0.5,) * 5)),
    Case("better here, worse there", rates(0.5, 0.5), rates(0.3, 0.5 + 0.2 * 11 / 5)),
    Case("slightly worse", rates(*FRONTIER), rates(0.57, 0.27, 0.07, 0.0, 0.0)),
    Case(
        "far better, short sums at the margin",
        rates(*FRONTIER),
        Rates((0.99,) * 3 + (1.0,) * 9 + (0.9,), 0.0),
    ),
    Case(
        "far better, short sums 3 points worse",
        rates(*FRONTIER),
        Rates((0.97,) * 3 + (1.0,) * 9 + (0.9,), 0.0),
    ),
)
"""None of these is to be promoted. The middle ones lie exactly on the border of the hypothesis."""


def gains(points: float, shared: float) -> Case:
    """A candidate that is so many points better on the first three slices not mastered."""
    better = tuple(p + points / 100 if p else 0.0 for p in FRONTIER)
    how = "half alike" if shared else "independent"
    return Case(
        f"+{points:g} points, {how}", rates(*FRONTIER, shared=shared), rates(*better, shared=shared)
    )


def judged(case: Case, seed: int, record: SimulatedRecord, budget: ErrorBudget) -> Verdict:
    """One judgement by the real judge."""
    incumbent = named(case.incumbent)
    candidate = Version(named(case.candidate).id[::-1], {}, (), "simulated")
    subject = SimulatedSubject({incumbent.id: case.incumbent, candidate.id: case.candidate})
    work = SimulatedWork()
    record.exams[incumbent.id] = subject.evaluate_self(incumbent, seed, work)
    return PairedJudge(subject, budget=budget).judge(candidate, incumbent, record, seed, work)


@dataclass(frozen=True)
class Row:
    """What became of one case."""

    case: str
    judged: int
    better: int
    not_better: int
    unclear: int
    items: float
    """Mean number of items, each put to both versions."""

    def told(self, digits: int) -> str:
        """A line of the table."""
        share = f"{100 * self.better / self.judged:.{digits}f}%"
        return f"| {self.case} | {self.judged:,} | {share} | {self.items:,.0f} |"


@dataclass(frozen=True)
class Runs:
    """Whole runs of candidates of no gain, all drawing on one error budget (e-LOND)."""

    runs: int
    candidates_each: int
    false_promotions: int
    runs_with_any: int


@dataclass(frozen=True)
class Result:
    """All that was measured."""

    alpha: float
    seed: int
    nulls: list[Row]
    whole_runs: Runs
    power: list[Row]
    seconds: float


def at_fixed_level(cases: tuple[Case, ...], each: int, seed: int, step: Step) -> list[Row]:
    """Every case judged `each` times, each time as if it were the only test."""
    table = list[Row]()
    for place, case in enumerate(cases):
        found, items = Counter[str](), 0
        for turn in range(each):
            verdict = judged(case, _seed(seed, place, turn), SimulatedRecord(), SingleTest(ALPHA))
            found[verdict.outcome] += 1
            items += verdict.items
            step()
        counts = (found["better"], found["not better"], found["unclear"])
        table.append(Row(case.name, each, *counts, items / each))
    return table


def whole_runs(runs: int, length: int, seed: int, step: Step) -> Runs:
    """Run by run, every verdict and decision on the record of its run."""
    false, runs_with_any = 0, 0
    for run in range(runs):
        record = SimulatedRecord()
        for turn in range(length):
            case = NULLS[(run + turn) % len(NULLS)]
            verdict = judged(case, _seed(seed + 1, run, turn), record, WholeRun(ALPHA))
            outcome = "promoted" if verdict.outcome == "better" else "rejected"
            record.judged.append(verdict)
            record.decided.append(Decision(verdict.candidate, outcome, "", "simulation"))
            step()
        found = sum(verdict.outcome == "better" for verdict in record.judged)
        false, runs_with_any = false + found, runs_with_any + (found > 0)
    return Runs(runs, length, false, runs_with_any)


def _seed(*parts: int) -> int:
    seed = 0
    for part in parts:
        seed = (seed * 1_000_003 + part + 1) % 2**61
    return seed


def restored(figures: dict[str, Any]) -> Result:
    """The result that was written as JSON."""
    return Result(
        figures["alpha"],
        figures["seed"],
        [Row(**row) for row in figures["nulls"]],
        Runs(**figures["whole_runs"]),
        [Row(**row) for row in figures["power"]],
        figures["seconds"],
    )


def fragment(result: Result) -> str:
    """The tables for docs/benchmarks.md."""
    runs, head = result.whole_runs, "| candidate | judged | promoted | items, mean |"
    total, wrong = sum(row.judged for row in result.nulls), sum(row.better for row in result.nulls)
    return f"""\
Candidates that must not be promoted, each judged at the level {ALPHA:g} as if it were the only
one: {wrong:,} of {total:,} promoted ({100 * wrong / total:.2f}%).

{head}
| --- | ---: | ---: | ---: |
{chr(10).join(row.told(2) for row in result.nulls)}

Whole runs of {runs.candidates_each} such candidates under one error budget of {ALPHA:g}:
{runs.runs_with_any} of {runs.runs:,} runs promoted any.

Power at the same fixed level, for gains on the first three slices not mastered:

{head}
| --- | ---: | ---: | ---: |
{chr(10).join(row.told(1) for row in result.power)}
"""


def simulate(candidates: int, seed: int, step: Step) -> Result:
    """All tables: `candidates` at a fixed level, as many in whole runs, and the power."""
    started, each = time.monotonic(), max(1, candidates // len(NULLS))
    effects = tuple(gains(points, like) for like in (0.0, 0.5) for points in (2, 5, 10, 20, 30))
    return Result(
        ALPHA,
        seed,
        at_fixed_level(NULLS, each, seed, step),
        whole_runs(max(1, candidates // 10), 10, seed, step),
        at_fixed_level(effects, max(1, candidates // 50), seed + 2, step),
        round(time.monotonic() - started, 1),
    )


@click.command()
@click.option("--candidates", default=10_000, show_default=True, help="Candidates of no gain.")
@click.option("--quick", is_flag=True, help="500 candidates.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(*, candidates: int, quick: bool, seed: int, as_json: bool, out: Path) -> None:
    """Measure false promotions and power of the judge."""
    candidates = 500 if quick else candidates
    steps = 2 * candidates + candidates // 5
    with click.progressbar(length=steps, label="judging", file=sys.stderr) as bar:
        result = simulate(candidates, seed, lambda: bar.update(1))
    figures = json.dumps(asdict(result), indent=2)
    out.mkdir(parents=True, exist_ok=True)
    (out / "null.json").write_text(figures + "\n")
    (out / "null.md").write_text(fragment(result))
    click.echo(figures if as_json else fragment(result))


if __name__ == "__main__":
    main()
