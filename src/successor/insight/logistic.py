"""Penalised logistic regressions on one variable, thousands at a time.

All samples share the values of x and differ in the weight of what came out right and wrong there,
which is all that a loss linear in the outcome depends on: runs of one size are one column. The
objective is scikit-learn's of LogisticRegression(C = 1 / penalty),

    penalty * b1^2 / 2 + sum_i w_i * log-loss_i,

which METR fits; the intercept is not penalised.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

PENALTY = 1e-5
"""On the slope, as in METR's later tables; their first ones used 0.1, which flattens the slope."""
_STEPS = 200
_BOLD = 60
"""Steps after which what has not settled goes on in small ones."""


def fit(x: Array, right: Array, wrong: Array, penalty: float = PENALTY) -> tuple[Array, Array]:
    """Intercept and slope of every sample, by damped Newton steps.

    A sample with one outcome only has no finite intercept: it comes out as NaN, as does one that
    does not settle, which no sample of either outcome has been seen to do.

    Args:
        x: (columns,).
        right: (samples, columns), the weight of what came out right.
        wrong: (samples, columns), the weight of what came out wrong.
        penalty: above 0.
    """
    centre, scale = float(x.mean()), float(x.std()) or 1.0
    z, held = (x - centre) / scale, penalty / scale**2
    found = np.full((2, len(right)), np.nan)
    left = np.flatnonzero((right.sum(axis=1) > 0) & (wrong.sum(axis=1) > 0))
    won, total = right[left], right[left] + wrong[left]
    b0, b1 = np.zeros(len(left)), np.zeros(len(left))
    for step in range(_STEPS):
        rate = 1.0 / (1.0 + np.exp(-np.clip(b0[:, None] + b1[:, None] * z, -35.0, 35.0)))
        off = total * rate - won
        spread = total * rate * (1.0 - rate)
        g0, g1 = off.sum(axis=1), off @ z + held * b1
        h00, h01, h11 = spread.sum(axis=1) + 1e-12, spread @ z, spread @ z**2 + held
        determinant = h00 * h11 - h01**2
        s0, s1 = (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
        reach = 3.0 if step < _BOLD else 0.5
        longest = np.maximum(1.0, np.maximum(np.abs(s0), np.abs(s1)) / reach)
        b0, b1 = b0 - s0 / longest, b1 - s1 / longest
        settled = np.abs(s0) + np.abs(s1) < 1e-9
        found[:, left[settled]] = b0[settled] - b1[settled] * centre / scale, b1[settled] / scale
        if settled.all():
            break
        if settled.any():
            on = ~settled
            left, won, total, b0, b1 = left[on], won[on], total[on], b0[on], b1[on]
    return found[0], found[1]


def size_at(share: float, intercept: Array, slope: Array) -> Array:
    """The size at which that share comes out right; infinite or NaN where the slope is 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.exp2((math.log(share / (1.0 - share)) - intercept) / slope)
