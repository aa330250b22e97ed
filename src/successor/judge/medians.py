"""Evidence about the median of paired ratios, whatever their distribution.

Times have heavy tails, so their means say little. Which side of a bound a ratio falls on is a
coin whose bias is all that a median asks for, and the e-values of `evidence` take coins. They
stay fair when heats resemble their predecessors: given all that came before, the next heat has
to fall on the wrong side at least half the time, which a random order within each heat gives
two equal programs on any machine. No ratios are no evidence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from successor.judge.evidence import Scores, log_e_value


def log_above(ratios: Scores, bound: float) -> float:
    """Natural log of the evidence that the median is at least `bound`."""
    return log_e_value(np.where(ratios >= bound, 1.0, -1.0), 0.0)


def log_below(ratios: Scores, bound: float) -> float:
    """Natural log of the evidence that the median is below `bound`."""
    return log_e_value(np.where(ratios < bound, 1.0, -1.0), 0.0)


@dataclass(frozen=True)
class Median:
    """A median with its 95% interval, which is open above when `high` is infinite."""

    value: float
    low: float
    high: float
    count: int

    def kept(self) -> dict[str, float | None]:
        """As JSON, which knows no infinity."""
        high = None if math.isinf(self.high) else self.high
        return {"median": self.value, "low": self.low, "high": high, "count": self.count}


def median(ratios: Scores, error: float = 0.05) -> Median:
    """The median of positive ratios, 1 when there are none.

    The interval is the confidence sequence that inverts the sign test above: every median that
    neither side has evidence 2 / `error` against. Its ends are order statistics, chosen by count
    alone, so it supposes no distribution; it covers at every heat at once, so also at the one
    where a race stopped, and is wider than the binomial interval for a number fixed beforehand.
    """
    count = len(ratios)
    if not count:
        return Median(1.0, 0.0, math.inf, 0)
    ordered, beyond = np.sort(ratios), _beyond(count, math.log(2.0 / error))
    low = float(ordered[beyond - 1]) if beyond else 0.0
    high = float(ordered[count - beyond]) if beyond else math.inf
    return Median(float(np.median(ordered)), low, high, count)


@lru_cache(maxsize=4096)
def _beyond(count: int, needed: float) -> int:
    """How many order statistics from the end the interval begins; 0 when it has no end."""
    beyond = 0
    while beyond <= count // 2 and _one_sided(count - beyond, beyond) >= needed:
        beyond += 1
    return beyond


def _one_sided(more: int, fewer: int) -> float:
    return log_e_value(np.repeat([1.0, -1.0], [more, fewer]), 0.0)
