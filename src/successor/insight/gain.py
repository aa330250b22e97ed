"""How fast the horizon grows: doublings per generation and per minute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from successor.insight.line import line


@dataclass(frozen=True)
class Point:
    """One promoted version."""

    generation: int
    minutes: float
    """Working time of the run when it was promoted."""
    horizon: float


@dataclass(frozen=True)
class Trend:
    """Doublings of the horizon per unit, with a 95% interval; negative when it shrinks."""

    doublings: float
    interval: tuple[float, float] | None
    """None with fewer than three points: two always lie on a line."""


@dataclass(frozen=True)
class Gain:
    """How fast the horizon grows; None with fewer than two points to tell from."""

    per_generation: Trend | None
    per_minute: Trend | None


def gain(points: Sequence[Point]) -> Gain:
    """The log-linear trend through all points whose horizon is above 0.

    Ordinary least squares of log2(horizon) with Student's t for the interval. It describes this
    run; versions build on each other, so it is no forecast.
    """
    known = [point for point in points if point.horizon > 0]
    doublings = [math.log2(point.horizon) for point in known]
    return Gain(
        _trend([float(point.generation) for point in known], doublings),
        _trend([point.minutes for point in known], doublings),
    )


def _trend(x: Sequence[float], y: Sequence[float]) -> Trend | None:
    found = line(x, y)
    return Trend(found.slope, found.interval) if found else None
