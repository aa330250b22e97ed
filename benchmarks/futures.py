"""How often the kind of growth is told rightly: a recovery study on series that are made.

    python benchmarks/futures.py            # 400 series of each kind
    python benchmarks/futures.py --quick    # a tenth
    python benchmarks/futures.py --hanging  # series whose errors hang together, of no kind or bent

Writes docs/benchmarks/futures.json.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from successor.insight.futures.growth import KINDS, forecasts, told

RESULT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "futures.json"
SEED = 20261129
"""Not the one with which the grids and priors were chosen, which was 20261128."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """How much of a curve is seen, and how well."""

    name: str
    points: int
    noise: float
    doublings: float
    """From the first point to the last, without the noise."""


SETTINGS = (
    Setting("long and clear", 40, 0.1, 8.0),
    Setting("medium", 20, 0.15, 6.0),
    Setting("long and noisy", 40, 0.4, 6.0),
    Setting("short", 8, 0.15, 3.0),
    Setting("short and noisy", 6, 0.4, 2.0),
)


@dataclass(frozen=True)
class Row:
    """What became of the series of one kind in one setting."""

    setting: str
    kind: str
    series: int
    verdicts: dict[str, int]
    """By the kind that was told, or "can't tell"."""
    covered: float
    """Share of points half a span after the last that lay in the 90% interval of the forecast."""


def curve(kind: str, rng: np.random.Generator) -> Callable[[Array], Array]:
    """The logarithm of y over time from 0 to 1.5, at bends that are on no grid."""
    match kind:
        case "logistic":
            middle, width = rng.uniform(0.3, 0.7), rng.uniform(0.06, 0.15)
            return lambda u: -np.log1p(np.exp(-(u - middle) / width))
        case "exponential":
            return lambda u: u
        case _:
            end = rng.uniform(1.05, 1.3)
            return lambda u: -np.log(np.maximum(1e-9, 1 - u / end))


def series(setting: Setting, kind: str, rng: np.random.Generator) -> tuple[Array, Array, float]:
    """(times, values, the value half a span later)."""
    times = np.sort(np.concatenate([[0.0, 1.0], rng.uniform(0, 1, setting.points - 2)]))
    shape = curve(kind, rng)
    rise = float(shape(np.array(1.0)) - shape(np.array(0.0)))
    scale = setting.doublings * math.log(2) / rise
    # A logistic curve is steep enough or not: it is no logistic curve once its logarithm is scaled.
    scale = 1.0 if kind == "logistic" else scale
    noise = rng.standard_normal(setting.points + 1) * setting.noise
    logs = scale * shape(np.append(times, 1.5)) + noise
    later = math.inf if kind == "superexponential" else math.exp(float(logs[-1]))
    return times, np.exp(logs[:-1]), later


def study(setting: Setting, kind: str, many: int) -> Row:
    """Many series of one kind."""
    rng = np.random.default_rng([SEED, SETTINGS.index(setting), KINDS.index(kind)])  # type: ignore[arg-type]  # one of them
    verdicts, covered = Counter[str](), 0
    for _ in range(many):
        times, values, later = series(setting, kind, rng)
        found = told(times.tolist(), values.tolist())
        verdicts[found.verdict or "can't tell"] += 1
        low, high = forecasts(found, [1.5], draws=1000)[0].most
        covered += low <= later <= high
    return Row(setting.name, kind, many, dict(verdicts), covered / many)


def hanging(name: str, points: int, rng: np.random.Generator) -> Array:
    """Logarithms whose errors are not independent of each other, or whose rate doubles midway."""
    at, noise = np.arange(points, dtype=float), rng.standard_normal(points)
    match name:
        case "random walk with drift":
            return np.cumsum(0.15 + 0.15 * noise)
        case "exponential, errors that fade by 0.8":
            errors = [0.2 * noise[0]]
            for each in noise[1:]:
                errors.append(0.8 * errors[-1] + 0.12 * each)
            return 0.15 * at + np.array(errors)
        case _:
            return 0.1 * at + 0.1 * np.maximum(0, at - points / 2) + 0.1 * noise


HANGING = (
    "random walk with drift",
    "exponential, errors that fade by 0.8",
    "exponential, one doubling of its rate",
)


def hanging_rows(many: int = 30) -> str:
    """What is told of such series, in Markdown."""
    lines = ["| series | points | told |", "| --- | ---: | --- |"]
    for name in HANGING:
        for points in (10, 20, 40):
            verdicts = Counter[str]()
            for at in range(many):
                rng = np.random.default_rng([SEED + 1, at, points])
                values = np.exp(hanging(name, points, rng)).tolist()
                verdicts[told([*range(points)], values).verdict or "can't tell"] += 1
            listed = ", ".join(f"{count} {kind}" for kind, count in verdicts.most_common())
            lines.append(f"| {name} | {points} | {listed} |")
    return "\n".join(lines)


def fragment(rows: list[dict[str, Any]]) -> str:
    """The tables in Markdown."""
    lines = [
        "| series | made as | told rightly | can't tell | told wrongly | in the 90% interval |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    described = {
        each.name: f"{each.name}: {each.points} points, noise {each.noise:.0%}" for each in SETTINGS
    }
    for row in rows:
        verdicts, many = row["verdicts"], row["series"]
        right, unsure = verdicts.get(row["kind"], 0), verdicts.get("can't tell", 0)
        lines.append(
            f"| {described[row['setting']]} | {row['kind']} | {right / many:.1%} | "
            f"{unsure / many:.1%} | "
            f"{(many - right - unsure) / many:.1%} | {row['covered']:.1%} |"
        )
    return "\n".join(lines)


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the series.")
@click.option("--write", is_flag=True, help="Put the figures in docs/benchmarks/futures.json.")
@click.option("--hanging", "bent", is_flag=True, help="Series whose errors hang together.")
def main(*, quick: bool, write: bool, bent: bool) -> None:
    """Tell apart series of known kinds."""
    if bent:
        click.echo(hanging_rows())
        return
    many = 40 if quick else 400
    rows = [asdict(study(setting, kind, many)) for setting in SETTINGS for kind in KINDS]
    click.echo(fragment(rows))
    if write:
        RESULT.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
