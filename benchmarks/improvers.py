"""Improvers at the same tasks of held-out families, each beside the first.

    python benchmarks/improvers.py examples/improver/improver.py better.py
    python benchmarks/improvers.py examples/improver/improver.py better.py --published

The second adds plain implementations of published strategies (`strategies/`), all with the
example's ways to make and change a candidate: what differs is which candidate is changed next. The
first with another seed is always there, as a control: it can show no gain.
Prints and, with --out, writes improvers.json and .md: the mean area in each space, the paired
difference with its 95% interval, and with how few evaluations an improver comes to what the first
one has in the end: as a share of those that the first one took to get there, and as a share of all
that there are, both as medians with their interval. Tasks where it never does count as more than 1.
What the first one has in the end is lucky: with another seed it takes longer than that itself.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from successor.judge.medians import median
from successor.subjects.improver import ImproverSubject, improver
from successor.subjects.improver.attempts import Attempt
from successor.subjects.improver.items import SLICES
from successor.types import Draw

STRATEGIES = Path(__file__).resolve().parent / "strategies"
EXAMPLE = STRATEGIES.parents[1] / "examples" / "improver" / "improver.py"
OPERATORS = "operators.py"
LUCK = "another seed"
PATIENT = {"wall_s": 300.0, "cpu_s": 60.0}
"""What is compared is what is found: nobody fails for the time that others take of a machine."""
_RESAMPLES = 2000
Interval = tuple[float, float, float]
"""A value and the ends of its 95% interval."""


@dataclass(frozen=True)
class Row:
    """One improver beside the first."""

    name: str
    areas: dict[str, float]
    """By space, the mean over its tasks."""
    area: float
    gain: Interval
    """Mean paired difference of the area."""
    share: Interval
    """Median share of the evaluations until the first one's best, of those that the first took."""
    budget: Interval
    """The same, of all that there are."""
    seconds: float
    failed: int
    """Tasks at which it broke a rule."""


@dataclass(frozen=True)
class Result:
    """All that was measured."""

    tasks: int
    """Of each space."""
    evaluations: int
    seed: int
    rows: tuple[Row, ...]


def published() -> dict[str, str]:
    """The source of each strategy in `strategies`, by name: the example, from which it has all but
    `improve`, what strategies share, and its own.
    """
    shared = "\n\n".join(path.read_text("utf-8") for path in (EXAMPLE, STRATEGIES / OPERATORS))
    files = sorted(path for path in STRATEGIES.glob("*.py") if path.name != OPERATORS)
    return {path.stem: f"{shared}\n\n{path.read_text('utf-8')}" for path in files}


def lucky(source: str) -> str:
    """An improver with another seed, and nothing else."""
    body = "    task.seed += 1\n    return unlucky(task)\n"
    return f"{source}\n\nunlucky = improve\n\n\ndef improve(task):\n{body}"


def reached(attempt: Attempt, cost: float) -> float:
    """Evaluations until something costs no more; infinite when nothing does, or it failed."""
    if attempt.why:
        return math.inf
    places = (place for place, each in enumerate(attempt.costs, 1) if each <= cost)
    return float(next(places, math.inf))


def shares(first: list[Attempt], second: list[Attempt]) -> NDArray[np.float64]:
    """For each task, the second's evaluations over the first's until the first's best.

    Raises:
        ClickException: when the first, by which all are measured, failed at a task.
    """
    if failed := [attempt.why for attempt in first if attempt.why]:
        raise click.ClickException(f"the first improver failed at {len(failed)} tasks: {failed[0]}")
    finals = [min(attempt.costs) for attempt in first]
    pairs = zip(first, second, finals, strict=True)
    return np.array([reached(b, cost) / reached(a, cost) for a, b, cost in pairs])


def interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """95% bootstrap interval of the mean."""
    rng = np.random.default_rng(1)
    draws = rng.integers(len(differences), size=(_RESAMPLES, len(differences)))
    low, high = np.quantile(differences[draws].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def row(name: str, first: list[Attempt], own: list[Attempt], budget: int, seconds: float) -> Row:
    """What an improver came to beside the first, task by task."""
    before, after = (np.array([each.score(budget) for each in found]) for found in (first, own))
    slices = np.array([each.item.slice for each in own])
    gain, share = after - before, median(shares(first, own))
    finals = [min(attempt.costs) for attempt in first]
    pairs = zip(own, finals, strict=True)
    whole = median(np.array([reached(each, cost) / budget for each, cost in pairs]))
    return Row(
        name,
        {s.removeprefix("area/"): round(float(after[slices == s].mean()), 4) for s in SLICES},
        round(float(after.mean()), 4),
        (float(gain.mean()), *interval(gain)),
        (share.value, share.low, share.high),
        (whole.value, whole.low, whole.high),
        round(seconds, 1),
        sum(bool(each.why) for each in own),
    )


def measure(subject: ImproverSubject, sources: Mapping[str, str], tasks: int, seed: int) -> Result:
    """Every improver at the same tasks; the first is what the others stand beside."""
    budget = subject.settings.evaluations
    draw = Draw("held-out", seed, tuple((name, tasks) for name in SLICES))
    rows, first = list[Row](), list[Attempt]()
    with click.progressbar(sources.items(), label="at work", file=sys.stderr) as bar:
        for name, source in bar:
            began = time.monotonic()
            own = subject.attempts(source, draw)
            first = first or own
            rows.append(row(name, first, own, budget, time.monotonic() - began))
    return Result(tasks, budget, seed, tuple(rows))


def fragment(result: Result) -> str:
    """What docs/benchmarks.md says of it."""
    head = [
        "improver",
        "area",
        *result.rows[0].areas,
        "beside the first",
        "evaluations",
        "of all",
        "s",
    ]
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    for each in result.rows:
        areas = " | ".join(f"{value:.3f}" for value in each.areas.values())
        gain, low, high = each.gain
        shares = " | ".join(_told(*found) for found in (each.share, each.budget))
        failed = f" ({each.failed} failed)" if each.failed else ""
        lines.append(
            f"| {each.name}{failed} | {each.area:.3f} | {areas} | {gain:+.3f} ({low:+.3f} to "
            f"{high:+.3f}) | {shares} | {each.seconds:,.0f} |"
        )
    lines.append(
        f"\n{result.tasks} tasks of each space, of held-out families, {result.evaluations} "
        f"evaluations each, seed {result.seed}. Evaluations: until the first one's best, as a "
        "share of those that the first one took, and of all that there are."
    )
    return "\n".join(lines) + "\n"


def _told(value: float, low: float, high: float) -> str:
    """A share with its interval, where more than any number is never."""
    if math.isinf(low):
        return "never"
    a, b, c = ("never" if math.isinf(each) else f"{each:.2f}" for each in (value, low, high))
    return f"{a} ({b} to {c})"


def restored(told: dict[str, Any]) -> Result:
    """A result as JSON has it, where null is what never comes."""

    def interval_of(found: Sequence[float | None]) -> Interval:
        value, low, high = (math.inf if each is None else each for each in found)
        return value, low, high

    rows = list[Row]()
    for row in told["rows"]:
        intervals = {name: interval_of(row[name]) for name in ("gain", "share", "budget")}
        rows.append(replace(Row(**row), **intervals))
    return Result(told["tasks"], told["evaluations"], told["seed"], tuple(rows))


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("first", type=FILE)
@click.argument("others", type=FILE, nargs=-1)
@click.option("--published", "strategies", is_flag=True, help="With the published strategies.")
@click.option("--tasks", default=40, show_default=True, help="Of each space.")
@click.option("--evaluations", default=400, show_default=True, help="Of each task.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write the figures to.")
def main(
    *, first: Path, others: tuple[Path, ...], strategies: bool, tasks: int, evaluations: int,
    seed: int, out: Path | None,
) -> None:  # fmt: skip
    """Compare improvers with the first one."""
    files = {path.stem if path.stem != first.stem else str(path): path for path in others}
    sources = {first.stem: first, **files}
    texts = {name: path.read_text("utf-8") for name, path in sources.items()}
    texts[LUCK] = lucky(texts[first.stem])
    texts |= published() if strategies else {}
    subject = improver({"target": first.name, "evaluations": evaluations, **PATIENT}, first.parent)
    try:
        result = measure(subject, texts, tasks, seed)
    finally:
        subject.close()
    if out:
        figures = json.dumps(asdict(result), indent=2).replace("Infinity", "null")
        out.mkdir(parents=True, exist_ok=True)
        (out / "improvers.json").write_text(figures + "\n")
        (out / "improvers.md").write_text(fragment(result))
    click.echo(fragment(result))


if __name__ == "__main__":
    main()
