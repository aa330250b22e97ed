"""How fast a measure grows: doublings per generation, per hour of work, and per dollar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from successor.insight.line import line

Ends = tuple[float, float]


@dataclass(frozen=True)
class Point:
    """One promoted version."""

    generation: int
    minutes: float
    """Working time of the run when it was promoted."""
    value: float
    """How good it is: a horizon, or how many times better than the first version."""
    usd: float = 0.0
    """What had been paid by then."""


@dataclass(frozen=True)
class Trend:
    """Doublings of the measure per unit, with a 95% interval; negative when it shrinks."""

    doublings: float
    interval: Ends | None
    """None with fewer than three points: two always lie on a line."""


@dataclass(frozen=True)
class Gain:
    """How fast the measure grows; None with fewer than two points to tell from."""

    per_generation: Trend | None
    per_hour: Trend | None
    per_usd: Trend | None
    """None, too, when nothing was paid."""


def gain(points: Sequence[Point]) -> Gain:
    """The log-linear trend through all points whose value is above 0.

    Ordinary least squares of log2(value) with Student's t for the interval. It describes this
    run; versions build on each other, so it is no forecast.
    """
    known = [point for point in points if point.value > 0]
    doublings = [math.log2(point.value) for point in known]
    return Gain(
        _trend([float(point.generation) for point in known], doublings),
        _trend([point.minutes / 60 for point in known], doublings),
        _trend([point.usd for point in known], doublings),
    )


def _trend(x: Sequence[float], y: Sequence[float]) -> Trend | None:
    found = line(x, y)
    return Trend(found.slope, found.interval) if found else None


def times(first: float, last: float, of_first: Ends, of_last: Ends) -> tuple[float, Ends] | None:
    """How many times `first` the `last` is, with the interval that comes of theirs.

    The difference of logarithms by the method of variance estimates recovery (Zou & Donner,
    "Construction of confidence limits about effect measures", 2008), for two that are independent
    and whose intervals need not be symmetric. None when one of the two is 0.

    Args:
        of_first: 95% interval of `first`; a lower end of 0 is no bound.
        of_last: likewise.
    """
    if first <= 0 or last <= 0:
        return None
    low, high, below, above = map(_log, (*of_first, *of_last))
    start, end = math.log(first), math.log(last)
    least = end - start - math.hypot(end - below, high - start)
    most = end - start + math.hypot(above - end, start - low)
    return last / first, (_raised(least), _raised(most))


def _log(end: float) -> float:
    return math.log(end) if end > 0 else -math.inf


def _raised(log: float) -> float:
    return math.exp(log) if log < 700 else math.inf
