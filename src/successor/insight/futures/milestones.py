"""The takeoff of AI 2027 (Kokotajlo et al., 2025): from superhuman coder to superintelligence.

What humans alone would need between two milestones, G, is done at a speed that grows in proportion
to progress from v0 to v1 times theirs, which takes G (1/v0 - 1/v1) / ln(v1/v0) in all. Gaps come
of the authors' distributions: a superhuman researcher (SAR) is so many years of research beyond the
coder (SC), and what lies beyond that is counted in doublings of all research ever done.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MILESTONES = ("superhuman AI researcher", "superintelligent AI researcher", "superintelligence")
SPEEDS = (5.0, 25.0, 250.0, 2000.0)
"""Of AI research beside humans alone, at the coder and at each milestone."""
AT_ONCE = 0.15
"""Chance that the coder is the researcher already."""
_STOCK = 10.0
"""Years of research, at the pace of the coder's day, that had been done before."""
_TOGETHER = 0.8
"""Correlation of the two distances to the researcher."""
_Z = 1.2815515655446004
"""80% of a normal distribution lies within so many standard deviations."""


def years(draws: int, seed: int) -> Array:
    """(draws, milestones): years from the superhuman coder on until each is reached."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal(draws)
    second = _TOGETHER * first + math.sqrt(1 - _TOGETHER**2) * rng.standard_normal(draws)
    stock = _STOCK + _lognormal(1.0, 25.0, first)
    to_sar = np.where(rng.random(draws) < AT_ONCE, 0.0, _lognormal(1.5, 10.0, second))
    to_siar = stock * (stock / _STOCK) ** 2 - stock
    jumps = _lognormal(0.3, 7.5, rng.standard_normal(draws))
    reached = stock + to_siar
    to_asi = reached * np.exp(np.minimum(jumps * np.log(reached / stock), 500.0)) - reached
    gaps = np.stack([to_sar, to_siar, to_asi], axis=1)
    pace = [_pace(v0, v1) for v0, v1 in pairwise(SPEEDS)]
    return np.cumsum(gaps * pace, axis=1)


def _pace(before: float, after: float) -> float:
    """Years that a year of humans' work takes while speed grows."""
    return (1 / before - 1 / after) / math.log(after / before)


def _lognormal(low: float, high: float, normal: Array) -> Array:
    """With 80% between two ends."""
    middle, half = (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / 2
    return np.exp(middle + half / _Z * normal)
