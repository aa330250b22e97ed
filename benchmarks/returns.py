"""Does the gain per effort accelerate or fade? The returns parameter r of an improver's run.

    python benchmarks/returns.py examples/improver
    python benchmarks/returns.py run-1 run-2 run-3 --effort seconds --json

r is how often the level doubles for each doubling of all effort so far (Davidson & Houlden, "How
quick and big would a software intelligence explosion be?", 2025): level ~ effort^r, so that a unit
of effort brings ever more above 1 and ever less below. The level of a version is with how many
times fewer evaluations it comes to what the first version has in the end, by the mean over tasks
of held-out families; the first has level 1. Effort is what the run had cost when the version was
put in charge: evaluations off the record, or seconds of work. r is the slope of log2 level over
log2 effort through the versions after the first, each run with an intercept of its own. The
interval, 95%, is a bootstrap over tasks, the same for all versions, and over runs where there are
several. One run tells nothing of what another would come to. With fewer than three promotions in a
run it can't be told.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import click
import numpy as np
from numpy.typing import NDArray

from efforts import Course, course, table
from successor.subjects.improver import ImproverSubject, improver
from successor.subjects.improver.attempts import Attempt
from successor.subjects.improver.items import SLICES
from successor.types import Draw

Effort: TypeAlias = Literal["evaluations", "seconds"]
Curves: TypeAlias = NDArray[np.float64]
"""Best value so far: by version, by task, by evaluation."""
LEAST = 3
"""Promotions of a run by which a slope is more than two points."""
_RESAMPLES = 2000


@dataclass(frozen=True)
class Level:
    """A version in charge."""

    version: str
    effort: float
    """Of the run until it took over."""
    level: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Returns:
    """What was measured."""

    effort: Effort
    tasks: int
    """Of each space."""
    seed: int
    labs: dict[str, tuple[Level, ...]]
    r: float | None
    """None where no run has two versions after the first."""
    interval: tuple[float, float] | None
    told: str
    """What that says."""


def curve(attempt: Attempt, evaluations: int) -> list[float]:
    """The best value so far after each evaluation; 0 throughout of one that failed."""
    best, found = 0.0, list[float]()
    for cost in [] if attempt.why else attempt.costs:
        best = max(best, attempt.item.value(cost))
        found.append(best)
    return found + [best] * (evaluations - len(found))


def levels(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each version, how many times fewer evaluations it takes to what the first has in the end,
    by mean curves, a row each.

    One that never comes to that is as many times slower as the first is quicker at coming to what
    that one has in the end.
    """
    whole, first = means.shape[1], means[0]
    found = [1.0]
    for own in means[1:]:
        if own[-1] >= first[-1]:
            found.append(whole / (1 + int(np.argmax(own >= first[-1]))))
        else:
            found.append((1 + int(np.argmax(first >= own[-1]))) / whole)
    return np.array(found)


def slope(runs: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> float | None:
    """log2 level over log2 effort through all points, each run around its own middle."""
    up, along = 0.0, 0.0
    for effort, level in runs:
        if len(effort) >= 2:
            x, y = np.log2(effort), np.log2(level)
            x, y = x - x.mean(), y - y.mean()
            up, along = up + float(x @ y), along + float(x @ x)
    return up / along if along > 0 else None


def told(interval: tuple[float, float] | None, promotions: int) -> str:
    """In words."""
    if interval is None or promotions < LEAST:
        return f"can't tell: it takes a run with {LEAST} promotions, and there were {promotions}"
    if interval[0] > 1:
        return "the gain per effort accelerates (r > 1)"
    if interval[1] < 1:
        return "the gain per effort fades (r < 1)"
    return "can't tell: the interval holds 1"


def measure(
    courses: Sequence[Course], found: Sequence[Curves], effort: Effort, tasks: int, seed: int
) -> Returns:
    """Levels and r, with their intervals, off the curves of each run's versions."""
    efforts = [_spent(each, effort) for each in courses]
    rng, many = np.random.default_rng(1), found[0].shape[1]
    shares = rng.multinomial(many, np.full(many, 1 / many), size=_RESAMPLES) / many
    draws = [_redrawn(each, shares) for each in found]
    slopes = list[float]()
    for turn in range(_RESAMPLES):
        which = [int(each) for each in rng.integers(len(courses), size=len(courses))]
        drawn = slope([(efforts[k][1:], draws[k][turn, 1:]) for k in which])
        slopes += [] if drawn is None else [drawn]
    own = [levels(each.mean(axis=1)) for each in found]
    r = slope([(e[1:], s[1:]) for e, s in zip(efforts, own, strict=True)])
    ends = None if r is None else _ends(np.array(slopes))
    labs = dict[str, tuple[Level, ...]]()
    for each, e, s, spread in zip(courses, efforts, own, draws, strict=True):
        labs[each.lab] = tuple(
            Level(stage.version, e[k], round(float(s[k]), 3), _ends(spread[:, k]))
            for k, stage in enumerate(each.stages)
        )
    most = max(len(each.stages) - 1 for each in courses)
    return Returns(effort, tasks, seed, labs, r and round(r, 3), ends, told(ends, most))


def _redrawn(curves: Curves, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Levels by resample and version; of each resample, the shares that tasks have in the mean."""
    means = np.stack([shares @ own for own in curves], axis=1)
    return np.array([levels(each) for each in means])


def _spent(run: Course, effort: Effort) -> NDArray[np.float64]:
    return np.array([float(getattr(stage, effort)) for stage in run.stages])


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(values, (0.025, 0.975))
    return round(float(low), 3), round(float(high), 3)


def curves(subject: ImproverSubject, run: Course, tasks: int, seed: int) -> Curves:
    """Of all that were in charge, at the same tasks."""
    budget = run.settings.evaluations
    draw = Draw("held-out", seed, tuple((name, tasks) for name in SLICES))
    found = list[list[list[float]]]()
    with click.progressbar(run.stages, label=run.lab, file=sys.stderr) as bar:
        for stage in bar:
            attempts = subject.attempts(stage.source, draw)
            found.append([curve(each, budget) for each in attempts])
    return np.array(found)


def fragment(result: Returns) -> str:
    """What is printed."""
    lines = [
        f"| version | {result.effort} so far | level | doublings |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, found in result.labs.items():
        lines += [f"| {name} | | | |"] if len(result.labs) > 1 else []
        for each in found:
            low, high = each.interval
            lines.append(
                f"| {each.version[:8]} | {each.effort:,.0f} | {each.level:.2f} "
                f"({low:.2f} to {high:.2f}) | {np.log2(each.level):+.2f} |"
            )
    if result.r is not None and result.interval:
        low, high = result.interval
        lines.append(f"\nr = {result.r:.2f} ({low:.2f} to {high:.2f}): {result.told}.")
    else:
        lines.append(f"\nr: {result.told}.")
    return "\n".join(lines) + "\n"


FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("labs", type=FOLDER, nargs=-1, required=True)
@click.option("--effort", type=click.Choice(["evaluations", "seconds"]), default="evaluations")
@click.option("--tasks", default=60, show_default=True, help="Of each space.")
@click.option("--seed", default=1, show_default=True, help="Of the tasks.")
@click.option("--json", "as_json", is_flag=True)
def main(
    *, labs: tuple[Path, ...], effort: Effort, tasks: int, seed: int, as_json: bool
) -> None:  # fmt: skip
    """Measure the returns parameter of runs on record, and what their generations cost."""
    courses, found = [course(lab) for lab in labs], list[Curves]()
    for run, lab in zip(courses, labs, strict=True):
        told = {"target": run.settings.target, "evaluations": run.settings.evaluations}
        subject = improver(told, lab)
        try:
            found.append(curves(subject, run, tasks, seed))
        finally:
            subject.close()
    result = measure(courses, found, effort, tasks, seed)
    if as_json:
        costs = {each.lab: [asdict(one) for one in each.generations] for each in courses}
        click.echo(json.dumps({**asdict(result), "generations": costs}, indent=2))
        return
    for each in courses:
        click.echo(table(each.generations))
    click.echo(fragment(result))


if __name__ == "__main__":
    main()
