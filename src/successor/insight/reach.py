"""How far a version's ability reaches: the size at which half comes out right, and 99%.

P(right) = sigmoid(b0 + b1 * log2(size)), as in METR's time horizon, which `horizon/` has.
The weights of the fit, equal for all items, sum to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from successor.insight.logistic import Array, fit, size_at
from successor.types import Exam

Row: TypeAlias = tuple[float, int, float]
"""(size, items, right): right may be a sum of graded scores."""

RELIABLE = 0.99
"""Share right that counts as reliable."""
_DRAWS = 1000
_SHOWN = 0.01


@dataclass(frozen=True)
class Horizon:
    """How far a version's ability reaches, in the unit of size."""

    p50: float
    """Size at which half is right; 0 when nothing is."""
    interval: tuple[float, float]
    """95% interval of p50."""
    at_least: bool
    """p50 lies at or beyond the largest size examined, which is then what it says."""
    reliable: float
    """Largest examined size that is reliable, 0 when none is; see `reliable_size`."""
    support: int
    """Items that the rate at that size rests on. 64 all right could still be a rate of 95.4%
    (lower 95% bound); it takes 299, all right, to show 99%."""


def measure(exam: Exam) -> dict[str, float]:
    """The two horizons of an exam, by the names that a target may use; higher is better."""
    rows = rows_of(exam)
    return {"horizon": float(_p50(rows)[0]), "reliable_horizon": reliable_size(rows)[0]}


def rows_of(exam: Exam) -> list[Row]:
    """The exam as a table, without its empty slices."""
    return [(p.size, len(p.scores), sum(p.scores)) for p in exam.slices if p.scores]


def horizon(rows: Sequence[Row], seed: int = 42, draws: int = _DRAWS) -> Horizon:
    """The horizons of a table of results, in any order.

    The interval is a percentile bootstrap over the items of each size. When everything up to
    some size is right and everything beyond it wrong, resampling cannot say more than that the
    horizon lies between the two sizes, and that is the interval.

    Args:
        rows: sizes above 0, at least one item each.
        seed: of the bootstrap.
        draws: bootstrap samples.
    """
    table = sorted(rows)
    point, beyond = _p50(table)
    sizes, counts, right = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    reliable, support = reliable_size(table)
    if bracket := _separated(sizes, counts, right):
        return Horizon(point, bracket, beyond, reliable, support)
    rates = np.clip(right / counts, 0.0, 1.0)
    drawn = np.random.default_rng(seed).binomial(counts.astype(int), rates, (draws, len(sizes)))
    values, _ = _horizons(sizes, counts, drawn.astype(float))
    low, high = np.percentile(values, (2.5, 97.5))
    return Horizon(point, (float(low), float(high)), beyond, reliable, support)


def reliable_size(rows: Sequence[Row]) -> tuple[float, int]:
    """The reliable horizon, and how many items its rate rests on.

    It is the largest examined size such that the rate there is at least 99%, and no size up to
    it is shown to be below 99% (exact binomial test at 1%). The rate is the isotonic fit, the
    best one that never rises with size: sizes whose shares are out of order are pooled. Asking
    every size for 99% of its own items instead would let one slip in 64 items, which is no
    evidence against 99%, hide all that is right beyond it; the exact test keeps a size that
    truly fails from hiding in the pool of its neighbours.
    """
    from scipy.special import bdtrc

    table = sorted(rows)
    best, support = 0.0, 0
    for size, items, right, rate, pooled in _isotonic(table):
        wrong = int(items - right + 1e-9)
        shown_below = wrong > 0 and float(bdtrc(wrong - 1, items, 1.0 - RELIABLE)) < _SHOWN
        if rate < RELIABLE - 1e-12 or shown_below:
            break
        best, support = float(size), pooled
    return best, support


def _isotonic(table: Sequence[Row]) -> list[tuple[float, int, float, float, int]]:
    """(size, items, right, rate of its block, items of its block), by pool-adjacent-violators."""
    blocks = list[tuple[int, float, list[Row]]]()
    for row in table:
        blocks.append((row[1], row[2], [row]))
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][0] < blocks[-1][1] * blocks[-2][0]:
            items, right, members = blocks.pop()
            before = blocks.pop()
            blocks.append((before[0] + items, before[1] + right, before[2] + members))
    return [(*row, right / items, items) for items, right, rows in blocks for row in rows]


def _separated(sizes: Array, counts: Array, right: Array) -> tuple[float, float] | None:
    """(largest size all right, smallest all wrong) when nothing lies between, else None."""
    solved, failed = right >= counts, right <= 0
    if not np.all(solved | failed) or np.any(np.diff(solved.astype(int)) > 0):
        return None
    last = float(sizes[solved].max()) if solved.any() else 0.0
    return last, float(sizes[failed].min()) if failed.any() else last


def _p50(rows: Sequence[Row]) -> tuple[float, bool]:
    if not rows:
        return 0.0, False
    sizes, counts, right = (
        np.array(column, dtype=float) for column in zip(*sorted(rows), strict=True)
    )
    values, beyond = _horizons(sizes, counts, right[None, :])
    return float(values[0]), bool(beyond[0])


def _horizons(sizes: Array, counts: Array, right: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The horizon of every row of `right`, and whether it is at or beyond the largest size.

    Args:
        sizes: (slices,), ascending.
        counts: (slices,).
        right: (samples, slices).
    """
    largest, total = sizes.max(), right.sum(axis=1)
    weights = counts / counts.sum()
    share = np.clip(right / counts, 0.0, 1.0)
    intercept, slope = fit(np.log2(sizes), weights * share, weights * (1.0 - share))
    fitted = size_at(0.5, intercept, slope)
    mostly = total >= counts.sum() / 2
    fitted = np.where(slope < 0, fitted, np.where(mostly, np.inf, 0.0))
    fitted = np.where(total >= counts.sum(), np.inf, np.where(total <= 0, 0.0, fitted))
    return np.minimum(fitted, largest), fitted >= largest
