"""A straight line through points, by ordinary least squares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Line:
    """y = intercept + slope * x."""

    slope: float
    intercept: float
    interval: tuple[float, float] | None
    """95% interval of the slope, by Student's t; None with fewer than three points: two always
    lie on a line."""


def line(x: Sequence[float], y: Sequence[float]) -> Line | None:
    """The line, or None when all x are the same."""
    from scipy.special import stdtrit

    if len(set(x)) < 2:
        return None
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    centred = xs - xs.mean()
    # Equal values have no slope, whatever sums leave over.
    slope = float(centred @ ys / (centred @ centred)) if len(set(y)) > 1 else 0.0
    intercept = float(ys.mean() - slope * xs.mean())
    if len(xs) < 3:
        return Line(slope, intercept, None)
    left = ys - ys.mean() - slope * centred
    error = math.sqrt(float(left @ left) / (len(xs) - 2) / float(centred @ centred))
    reach = float(stdtrit(len(xs) - 2, 0.975)) * error
    return Line(slope, intercept, (slope - reach, slope + reach))
