"""Evidence that may be looked at as often as one likes: e-values for means of bounded scores.

An e-value is a number at least 0 whose expected value is at most 1 when the hypothesis that it
speaks against is true. It can be read as the wealth of a gambler who starts with 1 and bets
against that hypothesis at fair odds: wealth 100 is reached with probability at most 1/100, at
whatever moment one decides to stop (Ville's inequality). So a judge may look after every batch
and stop when it has seen enough, which breaks an ordinary test.

The bets are those of Waudby-Smith & Ramdas, "Estimating means of bounded random variables by
betting" (JRSS B 2023), section 4, with a fixed grid of stakes in place of an adaptive one, so
that the value does not depend on the order of the items. Scores lie in [-1, 1].

Batches may be stratified: with n_s items of stratum s in every batch the hypothesis is about the
mean over the mixture in proportion n_s, and the wealth after whole batches stays fair, because
the product over strata of (1 + a_s)^n_s is at most (1 + sum n_s a_s / n)^n (the geometric mean is
at most the arithmetic). It must be read at the end of a batch only, and the proportions must not
depend on answers to the items they weigh.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Scores: TypeAlias = NDArray[np.float64]

GAIN_STAKES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.97)
"""For effects of unknown size: half a point to all of it."""
HOLD_STAKES = (0.25, 0.6, 0.97)
"""For margins of a few points, where most pairs are equal and only high stakes earn anything."""


def log_e_value(scores: Scores, bound: float, stakes: tuple[float, ...] = GAIN_STAKES) -> float:
    """Natural log of the evidence that the mean of `scores` is above `bound`.

    The mean of prod(1 + stake * (x - 1)) over the stakes, with x = (1 + score) / (1 + bound):
    x is never negative and has a mean of at most 1 under the hypothesis "mean <= bound".

    Args:
        scores: in [-1, 1], in any order; none gives no evidence, 0.0.
        bound: in (-1, 1].
        stakes: shares of the wealth put at risk, in (0, 1).
    """
    values, counts = np.unique(scores, return_counts=True)
    return _log_wealth(values, counts.astype(np.float64), bound, np.asarray(stakes))


def _log_wealth(values: Scores, counts: Scores, bound: float, stakes: Scores) -> float:
    odds = (1.0 + values) / (1.0 + bound) - 1.0
    wealth = np.log1p(np.outer(stakes, odds)) @ counts
    top = float(wealth.max())
    return top + float(np.log(np.mean(np.exp(wealth - top))))


def interval(scores: Scores, error: float = 0.05) -> tuple[float, float]:
    """Interval that holds the mean of `scores` with probability at least 1 - `error`.

    A betting confidence sequence: all means that the wealth of two gamblers, one for each side,
    does not speak against at 2 / `error`. It covers at every batch end at once, so also at the
    one where a test stopped, at the price of being wider than an interval for a fixed number of
    items. No items give (-1, 1).
    """
    values, counts = np.unique(scores, return_counts=True)
    weights = counts.astype(np.float64)
    return _lower(values, weights, error / 2), -_lower(-values[::-1], weights[::-1], error / 2)


def _lower(values: Scores, counts: Scores, error: float) -> float:
    """The smallest mean not rejected; the wealth against a mean falls as the mean rises."""
    low, high, stakes, needed = -1.0 + 1e-9, 1.0, np.asarray(GAIN_STAKES), -np.log(error)
    if not len(values) or _log_wealth(values, counts, low, stakes) < needed:
        return -1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _log_wealth(values, counts, middle, stakes) >= needed:
            low = middle
        else:
            high = middle
    return low
