"""Two improvers at the same tasks of held-out families.

    python benchmarks/improvers.py examples/improver/improver.py other.py --tasks 40

Prints, for each space and for all: the mean area of either, the paired difference with its 95%
interval, and the share of the evaluations with which the second comes to what the first one has in
the end, as a median with its interval; tasks where it never does count as more than 1.
"""

from __future__ import annotations

import math
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from successor.judge.medians import median
from successor.subjects.improver import ImproverSubject, improver
from successor.subjects.improver.attempts import Attempt
from successor.subjects.improver.items import SLICES
from successor.types import Draw

ALL = "all"
_RESAMPLES = 2000


def reached(attempt: Attempt, cost: float) -> float:
    """Evaluations until something costs no more; infinite when nothing does."""
    places = (place for place, each in enumerate(attempt.costs, 1) if each <= cost)
    return float(next(places, math.inf))


def shares(first: list[Attempt], second: list[Attempt]) -> NDArray[np.float64]:
    """For each task, the second's evaluations over the first's until the first's best."""
    finals = [min(attempt.costs) for attempt in first]
    pairs = zip(first, second, finals, strict=True)
    return np.array([reached(b, cost) / reached(a, cost) for a, b, cost in pairs])


def interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """95% bootstrap interval of the mean."""
    rng = np.random.default_rng(1)
    draws = rng.integers(len(differences), size=(_RESAMPLES, len(differences)))
    low, high = np.quantile(differences[draws].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def told(name: str, areas: list[NDArray[np.float64]], speed: NDArray[np.float64]) -> str:
    """A line of the table."""
    gain, (low, high) = areas[1] - areas[0], interval(areas[1] - areas[0])
    middle = median(speed)
    return (
        f"| {name} | {len(gain)} | {areas[0].mean():.3f} | {areas[1].mean():.3f} | "
        f"{gain.mean():+.3f} ({low:+.3f} to {high:+.3f}) | "
        f"{middle.value:.2f} ({middle.low:.2f} to {middle.high:.2f}) |"
    )


def measured(subject: ImproverSubject, sources: tuple[str, str], tasks: int, seed: int) -> None:
    """Print the table."""
    budget = subject.settings.evaluations
    click.echo(f"| space | tasks | first | second | difference | evaluations, {budget} at most |")
    click.echo("| --- | --- | --- | --- | --- | --- |")
    draw = Draw("held-out", seed, tuple((name, tasks) for name in SLICES))
    tries = [subject.attempts(source, draw) for source in sources]
    for name in (*SLICES, ALL):
        kept = [[each for each in found if name in (each.item.slice, ALL)] for found in tries]
        areas = [np.array([each.score(budget) for each in found]) for found in kept]
        click.echo(told(name.removeprefix("area/"), areas, shares(kept[0], kept[1])))


@click.command()
@click.argument("first", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("second", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tasks", default=40, show_default=True, help="Of each space.")
@click.option("--evaluations", default=120, show_default=True, help="Of each task.")
@click.option("--seed", default=1, show_default=True)
def main(first: Path, second: Path, tasks: int, evaluations: int, seed: int) -> None:
    """Compare two improvers."""
    settings = {"target": first.name, "evaluations": evaluations}
    subject = improver(settings, first.parent)
    try:
        measured(subject, (first.read_text("utf-8"), second.read_text("utf-8")), tasks, seed)
    finally:
        subject.close()


if __name__ == "__main__":
    main()
