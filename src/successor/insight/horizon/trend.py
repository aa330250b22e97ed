"""How fast horizons double: METR's trend on the state of the art."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from successor.insight.horizon.agents import Agent
from successor.insight.line import line
from successor.insight.logistic import Array

LEAST = 1e-3
"""Horizons below this count as this: a logarithm has no 0."""


@dataclass(frozen=True)
class Trend:
    """ln(p50) = intercept + slope * time, through the state of the art."""

    doubling: float | None
    """Time in which the horizon doubles; negative when it shrinks; None when it stands still, or
    nothing can be told."""
    interval: tuple[float | None, float | None] | None
    """95%; its end is None when the horizon may as well not grow."""
    method: str
    """Where the interval comes from: "bootstrap", "residuals", or "" without one."""
    agents: tuple[str, ...]
    """The state of the art, oldest first."""
    slope: float | None = None
    intercept: float | None = None
    reason: str = ""
    """Why nothing can be told."""


def state_of_the_art(agents: Sequence[Agent]) -> list[Agent]:
    """Those whose p50 no agent exceeds that came before them or on the same day, oldest first."""
    dated = [each for each in agents if each.released is not None and each.p50.value is not None]
    best, found = -math.inf, list[Agent]()
    for moment in sorted({each.released or 0.0 for each in dated}):
        here = [each for each in dated if each.released == moment]
        best = max(best, *(each.p50.value or 0.0 for each in here))
        found += [each for each in here if (each.p50.value or 0.0) >= best]
    return found


def within(agents: Sequence[Agent], since: float | None, until: float | None) -> list[Agent]:
    """Agents released in a time, both ends included."""
    return [
        each
        for each in agents
        if each.released is not None
        and (since is None or each.released >= since)
        and (until is None or each.released <= until)
    ]


def trend(agents: Sequence[Agent], draws: Mapping[str, Array]) -> Trend:
    """The trend through the state of the art among these agents.

    Args:
        agents: those of the time that counts.
        draws: by agent, its p50 in every draw. Where one is missing, the interval is that of the
            residuals, by Student's t.
    """
    best = state_of_the_art(agents)
    names = tuple(each.name for each in best)
    times = [each.released or 0.0 for each in best]
    logs = [math.log(max(each.p50.value or 0.0, LEAST)) for each in best]
    found = line(times, logs)
    if found is None:
        reason = "a trend needs a state of the art of two dates or more"
        return Trend(None, None, "", names, reason=f"{reason}; here it is of {len(set(times))}")
    slope = found.slope
    if max(logs) <= math.log(LEAST):
        return Trend(None, None, "", names, reason="no model of the state of the art has a horizon")
    if best and all(name in draws and len(draws[name]) for name in names):
        method, ends = "bootstrap", _drawn(np.array(times), np.stack([draws[n] for n in names], 1))
    else:
        method, ends = "residuals", found.interval
    return Trend(
        math.log(2.0) / slope if slope else None,
        None if ends is None else _doublings(*ends),
        "" if ends is None else method,
        names,
        slope,
        found.intercept,
    )


def _doublings(low: float, high: float) -> tuple[float | None, float | None]:
    """Ends of the doubling time, from those of the slope; None where it may not grow at all."""
    grows = math.log(2.0) / high if high else None
    return grows, None if low <= 0 < high or not low else math.log(2.0) / low


def _drawn(times: Array, values: Array) -> tuple[float, float] | None:
    """95% interval of the slope over draws, each on the agents that it has a horizon of."""
    known = np.isfinite(values)
    logs = np.log(np.clip(np.where(known, values, 1.0), LEAST, None))
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    x = np.where(known, times - (known * times).sum(axis=1, keepdims=True) / count, 0.0)
    spread = (x**2).sum(axis=1)
    slopes = (x * logs).sum(axis=1)[spread > 0] / spread[spread > 0]
    if not len(slopes):
        return None
    low, high = np.quantile(slopes, (0.025, 0.975))
    return float(low), float(high)
