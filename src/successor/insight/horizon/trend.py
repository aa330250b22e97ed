"""How fast horizons double: METR's trend on the state of the art."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from successor.insight.horizon.agents import FITTED, Agent, share_of
from successor.insight.line import Line, line
from successor.insight.logistic import Array


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
    left_out: tuple[str, ...] = ()
    """Models of horizon 0, which has no logarithm: they are in no trend."""
    untold: str = ""
    """Why there is no interval."""


def state_of_the_art(agents: Sequence[Agent]) -> list[Agent]:
    """Those whose p50 no agent exceeds that came before them or on the same day, oldest first.

    A horizon of 0 is in no trend: it has no logarithm, and any floor would be in some unit.
    """
    dated = [each for each in agents if each.released is not None and each.p50.value]
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


def trend(agents: Sequence[Agent], draws: Mapping[str, Array], *, fixed: bool = False) -> Trend:
    """The trend through the state of the art among these agents.

    Args:
        agents: those of the time that counts.
        draws: by agent, its p50 in every draw; those count that have all of them. Without any,
            the interval is that of the residuals, by Student's t.
        fixed: only items were drawn, which says nothing of how versions lie about the line: the
            wider one of both intervals counts.
    """
    best = state_of_the_art(agents)
    names = tuple(each.name for each in best)
    out = tuple(e.name for e in agents if e.released is not None and e.p50.value == 0.0)
    times = [each.released or 0.0 for each in best]
    found = line(times, [math.log(each.p50.value or 1.0) for each in best])
    if found is None:
        reason = "no model of the state of the art has a horizon"
        if best or not out:
            told = "a trend needs a state of the art of two dates or more"
            reason = f"{told}; here it is of {len(set(times))}"
        return Trend(None, None, "", names, reason=reason, left_out=out)
    known = all(name in draws and len(draws[name]) for name in names)
    drawn = np.stack([draws[name] for name in names], 1) if known else None
    method, ends, untold = _interval(found, np.array(times), drawn, fixed=fixed)
    return Trend(
        math.log(2.0) / found.slope if found.slope else None,
        None if ends is None else _doublings(*ends),
        method,
        names,
        found.slope,
        found.intercept,
        left_out=out,
        untold=untold,
    )


def _interval(
    found: Line, times: Array, drawn: Array | None, *, fixed: bool
) -> tuple[str, tuple[float, float] | None, str]:
    """(method, ends of the slope, why there is no interval)."""
    sampled, scatter = None, found.interval
    if drawn is not None:
        whole = np.isfinite(drawn).all(axis=1) & (drawn > 0).all(axis=1)
        if whole.mean() >= FITTED:
            sampled = _drawn(times, drawn[whole])
        if not fixed and sampled is None:
            return (
                "",
                None,
                f"only {share_of(float(whole.mean()))} of draws could be fitted for all of them",
            )
        if not fixed:
            return "bootstrap", sampled, ""
    if scatter is None:
        return "", None, "two points always lie on a line"
    if sampled is not None and sampled[1] - sampled[0] > scatter[1] - scatter[0]:
        return "bootstrap", sampled, ""
    return "residuals", scatter, ""


def _drawn(times: Array, values: Array) -> tuple[float, float]:
    """95% interval of the slope over draws, each with a horizon of every agent."""
    x = times - times.mean()
    low, high = np.quantile(np.log(values) @ x / (x @ x), (0.025, 0.975))
    return float(low), float(high)


def _doublings(low: float, high: float) -> tuple[float | None, float | None]:
    """Ends of the doubling time, from those of the slope; None where it may not grow at all."""
    grows = math.log(2.0) / high if high else None
    return grows, None if low <= 0 < high or not low else math.log(2.0) / low
