"""The horizons of every agent in a table, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from successor.insight.horizon.bootstrap import horizons
from successor.insight.horizon.runs import HUMAN, Cell, HackPolicy, Runs
from successor.insight.logistic import PENALTY, Array, fit, size_at

P50, P80 = 0.5, 0.8
SHARES = (P50, P80)
FITTED = 0.9
"""Share of draws that have to have a horizon for an interval: those that have none are not drawn
at random, they are the ends of it."""
FEWEST = 10
"""Runs of an agent from which there is an interval."""


@dataclass(frozen=True)
class Estimate:
    """A horizon, in the unit of size; None where it cannot be told."""

    value: float | None
    low: float | None = None
    high: float | None = None
    """95% interval; an end is None where it lies beyond all numbers, or nothing tells it."""


@dataclass(frozen=True)
class Agent:
    """What a table says about one agent."""

    name: str
    p50: Estimate
    p80: Estimate
    released: float | None = None
    runs: int = 0
    tasks: int = 0
    score: float | None = None
    """Mean score, weighted."""
    slope: float | None = None
    """Of the logit of success, per doubling of size."""
    intercept: float | None = None
    note: str = ""
    """What is to be known about the numbers."""


@dataclass(frozen=True)
class Fitted:
    """All agents of a table, and the draws that their intervals come from."""

    agents: tuple[Agent, ...]
    draws: dict[str, Array]
    """By agent, its p50 in every draw."""


def fitted(
    runs: Runs, policy: HackPolicy, *, penalty: float = PENALTY, draws: int = 1000, seed: int = 42
) -> Fitted:
    """Fit every agent, METR's way.

    Args:
        runs: at least one.
        policy: what a run counts for that cheated.
        penalty: on the slope; see `logistic`.
        draws: of the bootstrap; 0 gives no intervals.
        seed: of the bootstrap.
    """
    cells = {agent: rows for agent, rows in runs.cells(policy).items() if rows}
    drawn = {task.name: task for rows in cells.values() for task in [cell.task for cell in rows]}
    shown = {agent: rows for agent, rows in cells.items() if agent != HUMAN}
    table = horizons(
        shown,
        list(drawn.values()),
        SHARES,
        penalty=penalty,
        draws=draws,
        seed=seed,
        fixed=runs.fixed,
    )
    agents = tuple(
        _agent(name, rows, penalty, table.get(name), runs.released.get(name))
        for name, rows in shown.items()
    )
    return Fitted(agents, {name: values[:, 0] for name, values in table.items()})


def sums(cells: Sequence[Cell]) -> tuple[Array, Array, Array]:
    """(x, right, wrong): log2 of sizes, and the weight of what came out right and wrong there."""
    x = np.log2([cell.task.size for cell in cells])
    right = np.array([cell.weight * cell.runs.total for cell in cells])
    wrong = np.array([cell.weight * (cell.runs.count - cell.runs.total) for cell in cells])
    return x, right, np.maximum(wrong, 0.0)


def _agent(
    name: str, cells: Sequence[Cell], penalty: float, drawn: Array | None, released: float | None
) -> Agent:
    x, right, wrong = sums(cells)
    b0, b1 = fit(x, right[None, :], wrong[None, :], penalty)
    intercept, slope = float(b0[0]), float(b1[0])
    count = sum(cell.runs.count for cell in cells)
    doubt = _doubt(drawn, count)
    p50, p80, note = _told(x, right, wrong, (intercept, slope), None if doubt else drawn)
    if p50.value and doubt:
        note = "; ".join(filter(None, (note, f"no interval: {doubt}")))
    known = math.isfinite(slope)
    return Agent(
        name,
        p50,
        p80,
        released,
        runs=count,
        tasks=len(cells),
        score=min(1.0, float(right.sum())),
        slope=slope if known else None,
        intercept=intercept if known else None,
        note=note,
    )


def _doubt(drawn: Array | None, runs: int) -> str:
    """Why draws are no interval; nothing when they are, or there are none."""
    if drawn is None:
        return ""
    if runs < FEWEST:
        return f"{runs} runs; it takes {FEWEST}"
    known = ~np.isnan(drawn[:, 0])
    share = float(known.mean())
    if share < FITTED:
        return f"only {share_of(share)} of draws could be fitted"
    return "all draws are alike" if np.ptp(drawn[known, 0]) == 0 else ""


def share_of(share: float) -> str:
    """In percent, never rounded up to what it takes."""
    return f"{math.floor(100 * share)}%"


def _told(
    x: Array, right: Array, wrong: Array, line: tuple[float, float], drawn: Array | None
) -> tuple[Estimate, Estimate, str]:
    """(p50, p80, note), also where there is nothing to fit."""
    unknown = Estimate(None)
    largest = f"{2.0 ** float(x.max()):.6g}"
    if right.sum() <= 0:
        return Estimate(0.0), Estimate(0.0), "no run succeeded"
    if wrong.sum() <= 0:
        return unknown, unknown, f"every run succeeded: at least {largest}, how far is not told"
    if len(set(x.tolist())) == 1:
        return unknown, unknown, f"all tasks are of one size, {largest}: no horizon can be told"
    if not line[1] < 0:
        return unknown, unknown, "success does not fall with size: no horizon can be told"
    found = [
        _estimate(share, line, None if drawn is None else drawn[:, at])
        for at, share in enumerate(SHARES)
    ]
    beyond = found[0].value is None or math.log2(found[0].value or 1.0) > float(x.max())
    return found[0], found[1], f"extrapolated: no task is larger than {largest}" if beyond else ""


def _estimate(share: float, line: tuple[float, float], drawn: Array | None) -> Estimate:
    value = float(size_at(share, np.array([line[0]]), np.array([line[1]]))[0])
    if drawn is None:
        return Estimate(_finite(value))
    # Not interpolated: between a number and infinity there is nothing.
    known = drawn[~np.isnan(drawn)]
    method = "linear" if np.isfinite(known).all() else "nearest"
    low, high = np.quantile(known, (0.025, 0.975), method=method)
    return Estimate(_finite(value), _finite(float(low)), _finite(float(high)))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
