"""Is the horizon METR's, and how much faster is it than a loop over scikit-learn?

    pip install --constraint constraints.txt --group bench
    python benchmarks/horizon.py runs.jsonl

The file is one of METR's `runs.jsonl`, with its own column of weights. Both sides are timed in this
process, one after the other, on the same runs: all models, all draws of the bootstrap. The loop
resamples rows family by family, as METR's pipeline does, and fits each model in each draw.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from successor.insight.horizon.agents import fitted, sums
from successor.insight.horizon.rows import Columns, read_rows
from successor.insight.horizon.runs import HUMAN, Runs
from successor.insight.logistic import fit

RESULT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "horizon.json"
Array = NDArray[Any]


@dataclass(frozen=True)
class Result:
    """What was measured."""

    runs: int
    tasks: int
    models: int
    draws: int
    loop_draws: int
    weights_off: float
    """Largest difference to the file's own column."""
    fit_off: float
    """Largest difference to scikit-learn's intercepts and slopes, relative to 1 or their size."""
    ours_s: float
    loop_s: float
    """For as many draws as ours, in proportion to those that were made."""
    ours_cpu_s: float
    loop_cpu_s: float
    ratio: float
    cpu_ratio: float
    ends_off: float
    """Largest difference of an end of a p50's interval, in doublings."""
    ends_errors: float
    """Largest one over its Monte Carlo standard error, that of either side's draws."""
    ends: int
    """How many were compared."""
    cores: int
    load: float
    """Of the machine, when it began."""


def sklearn_fit(x: Array, y: Array, weights: Array, penalty: float, **how: object) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """A model fitted on the rows, as METR fits it."""
    linear_model = importlib.import_module("sklearn.linear_model")
    return linear_model.LogisticRegression(C=1 / penalty, **how).fit(
        x[:, None], y, sample_weight=weights
    )


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The runs of models, as the file has them."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if row["alias"] != HUMAN]


def weights_off(runs: Runs, rows: Sequence[dict[str, Any]]) -> float:
    """Largest difference of a run's weight to the file's own column."""
    ours = {
        (agent, cell.task.name): cell.weight
        for agent, cells in runs.cells("fail").items()
        for cell in cells
    }
    return max(abs(ours[r["alias"], r["task_id"]] - r["invsqrt_task_weight"]) for r in rows)


def fit_off(runs: Runs) -> float:
    """Largest difference to scikit-learn's coefficients on the same weights."""
    worst = 0.0
    for agent, cells in runs.cells("fail").items():
        x, right, wrong = sums(cells)
        if agent == HUMAN or right.sum() == 0 or wrong.sum() == 0:
            continue
        for penalty in (1e-5, 0.1):
            b0, b1 = fit(x, right[None, :], wrong[None, :], penalty)
            outcome = np.repeat([1, 0], len(x))
            model = sklearn_fit(
                np.tile(x, 2),
                outcome,
                np.concatenate([right, wrong]),
                penalty,
                solver="newton-cholesky",
                tol=1e-13,
                max_iter=10_000,
            )
            for mine, other in ((b0[0], model.intercept_[0]), (b1[0], model.coef_[0, 0])):
                worst = max(worst, abs(mine - other) / max(1.0, abs(other)))
    return worst


def loop(rows: Sequence[dict[str, Any]], draws: int, penalty: float) -> dict[str, list[float]]:
    """p50 of every model in every draw, one fit at a time."""
    x = np.log2([row["human_minutes"] for row in rows])
    y = np.array([row["score_binarized"] for row in rows])
    weights = np.array([row["invsqrt_task_weight"] for row in rows])
    families = dict[str, dict[str, dict[str, list[int]]]]()
    for at, row in enumerate(rows):
        of_task = families.setdefault(row["task_family"], {}).setdefault(row["task_id"], {})
        of_task.setdefault(row["alias"], []).append(at)
    found = {agent: list[float]() for agent in sorted({str(row["alias"]) for row in rows})}
    pools: list[list[dict[str, list[int]]]] = [[*known.values()] for known in families.values()]
    for draw in range(draws):
        rng = np.random.default_rng(42 + draw)
        drawn = dict[str, list[Array]]()
        for place in map(int, rng.integers(len(pools), size=len(pools))):
            members = pools[place]
            for task in map(int, rng.integers(len(members), size=len(members))):
                for agent, indices in members[task].items():
                    chosen = rng.integers(len(indices), size=len(indices))
                    drawn.setdefault(agent, []).append(np.array(indices)[chosen])
        for agent, parts in drawn.items():
            at = np.concatenate(parts)
            if len(set(y[at].tolist())) == 2:
                model = sklearn_fit(x[at], y[at], weights[at], penalty)
                found[agent].append(p50(model.intercept_[0], model.coef_[0, 0]))
    return found


def p50(intercept: float, slope: float) -> float:
    """Minutes; infinite where a draw has so little slope that no number holds them."""
    with np.errstate(over="ignore", divide="ignore"):
        return float(np.exp2(-np.float64(intercept) / np.float64(slope)))


def compared(ours: Array, theirs: Array) -> list[tuple[float, float]]:
    """Difference of either end of an interval, in doublings, and its Monte Carlo error."""
    found = list[tuple[float, float]]()
    for end in (0.025, 0.975):
        mine, other = (np.log2(np.nanquantile(side, end)) for side in (ours, theirs))
        error = math.hypot(*(percentile_error(side, end) for side in (ours, theirs)))
        found.append((abs(float(mine - other)), error))
    return found


def percentile_error(draws: Array, end: float, again: int = 400) -> float:
    """Standard error of a percentile of log2 of draws, by drawing them anew."""
    known = draws[~np.isnan(draws)]
    rng = np.random.default_rng(42)
    ends = [np.quantile(rng.choice(known, len(known)), end) for _ in range(again)]
    return float(np.std(np.log2(ends), ddof=1))


def chance(found: dict[str, Any]) -> str:
    """Whether so many differences of nothing but chance are as large as the largest."""
    most = NormalDist().inv_cdf(1 - 0.025 / found["ends"])
    told = f"{found['ends_errors']:.1f} Monte Carlo standard errors of both"
    limit = (
        f"chance alone leaves {most:.1f} at most in 19 of 20 comparisons of {found['ends']} ends"
    )
    return f"{told}; {limit}"


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """(what it returns, seconds, seconds of processor time)."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def measure(path: Path, draws: int, loop_draws: int, penalty: float = 1e-5) -> Result:
    """All of it."""
    load = os.getloadavg()[0]
    runs, rows = Runs(), rows_of(path)
    read_rows(path, Columns(), runs)
    sklearn_fit(np.arange(4.0), np.array([1, 1, 0, 0]), np.ones(4), 1.0)  # loads it
    ours, wall, cpu = timed(lambda: fitted(runs, "fail", penalty=penalty, draws=draws))
    with importlib.import_module("threadpoolctl").threadpool_limits(1):  # more only wait here
        others, loop_wall, loop_cpu = timed(lambda: loop(rows, loop_draws, penalty))
    share = draws / loop_draws
    ends = [
        each
        for agent, values in others.items()
        if len(values) > 0.95 * loop_draws
        for each in compared(ours.draws[agent], np.array(values))
    ]
    return Result(
        runs=len(rows),
        tasks=len({row["task_id"] for row in rows}),
        models=len(others),
        draws=draws,
        loop_draws=loop_draws,
        weights_off=weights_off(runs, rows),
        fit_off=fit_off(runs),
        ours_s=wall,
        loop_s=loop_wall * share,
        ours_cpu_s=cpu,
        loop_cpu_s=loop_cpu * share,
        ratio=loop_wall * share / wall,
        cpu_ratio=loop_cpu * share / cpu,
        ends_off=max(off for off, _ in ends),
        ends_errors=max(off / error for off, error in ends),
        ends=len(ends),
        cores=os.cpu_count() or 1,
        load=load,
    )


def fragment(found: dict[str, Any]) -> str:
    """The measurement in Markdown."""
    whole = found["loop_draws"] == found["draws"]
    part = "" if whole else f", in proportion to {found['loop_draws']:,} draws"
    return (
        f"{found['runs']:,} runs of {found['models']} models on {found['tasks']} tasks; "
        f"{found['draws']:,} draws of families, tasks and runs, every model fitted in each. "
        f"{found['cores']} cores, load {found['load']:.1f} at the start.\n\n"
        "| | seconds | processor seconds |\n| --- | ---: | ---: |\n"
        f"| Successor | {found['ours_s']:.2f} | {found['ours_cpu_s']:.2f} |\n"
        f"| a loop over scikit-learn{part} | {found['loop_s']:.1f} | "
        f"{found['loop_cpu_s']:.1f} |\n"
        f"| ratio | {found['ratio']:.0f} | {found['cpu_ratio']:.0f} |\n\n"
        f"Weights differ from the file's own column by {found['weights_off']:.1g} at most, "
        f"coefficients from scikit-learn's on the same weights by {found['fit_off']:.1g}. Ends of "
        f"the intervals of p50 differ by {found['ends_off']:.2f} doublings at most, and by "
        f"{chance(found)}."
    )


@click.command()
@click.argument("runs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--draws", default=1000, show_default=True, help="Of the bootstrap.")
@click.option("--loop-draws", default=1000, show_default=True, help="Of the loop beside it.")
@click.option("--write", is_flag=True, help="Put the figures in docs/benchmarks/horizon.json.")
def main(runs: Path, draws: int, loop_draws: int, *, write: bool) -> None:
    """Compare with scikit-learn on a file of METR's runs."""
    result = asdict(measure(runs, draws, loop_draws))
    click.echo(fragment(result))
    if write:
        RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
