"""What a lab's own work says of returns to effort, and of the world that would go on from there.

The semi-endogenous core without feedback, S being how good a version is and t the work done:

    d ln S / dt = a * S^-beta,   so   ln S = c + ln(1 + beta a t) / beta;   r = 1 / beta

r is how often S doubles each time that all work done so far doubles, the empirical meaning of the
parameter in Davidson & Houlden ("How quick and big would a software intelligence explosion be?",
2025). With beta = 0 growth is exponential, below 0 it accelerates. Noise is in ln S. What is not
asked is integrated over; priors are flat on beta, on c, and on what ln S gained over the record,
which stands for a.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from successor.insight.futures.growth import RATE, SHAPE
from successor.insight.futures.world import World

Array = NDArray[np.float64]
Ends = tuple[float, float]
FEWEST = 4
"""Versions from which returns are fitted."""
LEAST, MOST = -1.5, 8.0
"""Values of beta that are tried."""
_CELLS = 81
"""Of the grid, in either direction."""
_PASSES = 3
"""Each looks closer where the one before found anything."""
_NOTHING = 1e-6
"""Of the likeliest."""


@dataclass(frozen=True)
class Fitted:
    """A number with its 95% interval."""

    value: float
    interval: Ends


@dataclass(frozen=True)
class Returns:
    """What a line of versions says."""

    points: int
    beta: Fitted
    """Ideas get harder to find as S rises; an end at the edge of what is tried is no bound."""
    rate: Fitted
    """Doublings of S in an hour of work, at the end of the record."""

    @property
    def r(self) -> float:
        """Doublings of S by doubling of all work; infinite when growth does not slow down."""
        return _inverse(self.beta.value)

    @property
    def r_interval(self) -> Ends:
        """95%."""
        low, high = self.beta.interval
        least = 0.0 if high >= MOST - 0.01 else _inverse(high)
        return least, _inverse(low)


def _inverse(beta: float) -> float:
    return 1.0 / beta if beta > 1e-9 else math.inf


def returns(minutes: Sequence[float], values: Sequence[float]) -> Returns | None:
    """Fit; None with fewer than four points, or when no time passed.

    Args:
        minutes: of work, ascending.
        values: how good each version is, above 0.
    """
    if len(values) < FEWEST or minutes[-1] <= minutes[0]:
        return None
    span = minutes[-1] - minutes[0]
    u = (np.asarray(minutes, float) - minutes[0]) / span
    logs = np.log(np.asarray(values, float))
    gained, reach = float(logs[-1] - logs[0]), 2.0 + 2.0 * float(np.ptp(logs))
    betas = np.linspace(LEAST, MOST, _CELLS)
    totals = np.linspace(max(1e-3, gained - reach), max(reach, gained + reach), _CELLS)
    weights = _weights(betas, totals, u, logs)
    for _ in range(_PASSES):
        betas = _closer(betas, weights.max(axis=1))
        totals = _closer(totals, weights.max(axis=0))
        weights = _weights(betas, totals, u, logs)
    at, total = np.meshgrid(betas, totals, indexing="ij")
    # a = expm1(beta total) / beta, and at the end of the record 1 + beta a t = exp(beta total).
    end = np.where(np.abs(at) < _ZERO, total, -np.expm1(-at * total) / _not_zero(at))
    by_hour = end / span * 60.0 / math.log(2.0)
    return Returns(len(logs), _quantiles(at, weights), _quantiles(by_hour, weights))


_ZERO = 1e-9
"""A beta below that is none."""


def _not_zero(beta: Array) -> Array:
    return np.where(np.abs(beta) < _ZERO, 1.0, beta)


def _weights(betas: Array, totals: Array, u: Array, logs: Array) -> Array:
    """(betas, totals): how likely each pair is, beside the likeliest."""
    beta, total = betas[:, None, None], totals[None, :, None]
    with np.errstate(divide="ignore"):  # the logarithm of 0 is right at either end
        rise = np.logaddexp(np.log1p(-u), np.log(u) + beta * total) / _not_zero(beta)
    left = logs - np.where(np.abs(beta) < _ZERO, total * u, rise)
    squares = ((left - left.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)
    log = -(SHAPE + (len(logs) - 1) / 2) * np.log(RATE + squares / 2)
    return np.exp(log - log.max())


def _closer(grid: Array, weights: Array) -> Array:
    """As many cells, where there is anything."""
    (some,) = np.nonzero(weights > _NOTHING)
    first, last = max(0, int(some[0]) - 1), min(len(grid) - 1, int(some[-1]) + 1)
    return np.linspace(float(grid[first]), float(grid[last]), len(grid))


def _quantiles(values: Array, weights: Array) -> Fitted:
    order = np.argsort(values, axis=None)
    ranked, shares = values.ravel()[order], np.cumsum(weights.ravel()[order])
    low, middle, high = (
        float(ranked[np.searchsorted(shares, share * shares[-1])]) for share in (0.025, 0.5, 0.975)
    )
    return Fitted(middle, (low, high))


def going_on(
    world: World, found: Returns, review: float
) -> tuple[World, Mapping[str, Fitted | None]]:
    """A world with what a record says in the place of its numbers: by name, what that is, with
    its interval, or None where there is none. Its years are hours of work then.

    Args:
        review: share of all time that people's reviews took.
    """
    weight = world.labour * world.exponent
    low, high = (max(0.0, end) * weight for end in found.beta.interval)
    harder = Fitted(max(0.0, found.beta.value) * weight, (low, high))
    changed = replace(
        world,
        doublings=found.rate.value,
        fishing_out=harder.value,
        review=review,
        automated=1.0 - review,
    )
    return changed, {
        "doublings": found.rate,
        "fishing_out": harder,
        "review": None,
        "automated": None,
    }
