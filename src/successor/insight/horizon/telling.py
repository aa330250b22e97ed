"""What `successor horizon` says: as JSON, and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from successor.insight.horizon.agents import Agent, Estimate
from successor.insight.horizon.measured import Asked, Measured
from successor.insight.report.html import counted, number


def as_json(found: Measured, asked: Asked) -> dict[str, object]:
    """One object; all numbers are finite, None stands for what cannot be told."""
    line = found.trend
    return {
        "kind": found.kind,
        "unit": found.unit,
        "hack_policy": found.hack_policy,
        "runs": found.runs,
        "hacks": found.hacks,
        "penalty": None if found.kind == "table" else asked.penalty,
        "since": asked.since.isoformat() if asked.since else None,
        "until": asked.until.isoformat() if asked.until else None,
        "trend": {
            "doubling_time": line.doubling,
            "interval": list(line.interval) if line.interval else None,
            "unit": found.time_unit,
            "method": line.method,
            "models": list(line.agents),
            "slope": line.slope,
            "reason": line.reason,
            "left_out": list(line.left_out),
            "untold": line.untold,
        },
        "models": [_model(each, found) for each in found.agents],
        "notes": list(found.notes),
    }


def _model(agent: Agent, found: Measured) -> dict[str, object]:
    dates = found.time_unit == "days"
    released = agent.released
    return {
        "name": agent.name,
        "release_date": _day(released) if dates else None,
        "minutes": None if dates else released,
        "p50": agent.p50.value,
        "p50_interval": [agent.p50.low, agent.p50.high],
        "p80": agent.p80.value,
        "p80_interval": [agent.p80.low, agent.p80.high],
        "state_of_the_art": agent.name in found.trend.agents,
        "runs": agent.runs,
        "tasks": agent.tasks,
        "score": agent.score,
        "slope": agent.slope,
        "intercept": agent.intercept,
        "note": agent.note,
    }


def _day(released: float | None) -> str | None:
    return None if released is None else date.fromordinal(int(released)).isoformat()


def lines(found: Measured, asked: Asked) -> Iterator[str]:
    """For a person to read."""
    yield _headline(found)
    if found.trend.reason:
        yield f"No trend: {found.trend.reason}."
    yield ""
    width = max([5, *(len(each.name) for each in found.agents)])
    when = "released" if found.time_unit == "days" else "minute"
    yield f"{'model':{width}}  {when:>10}  {'p50':>10}  {'95% interval':>17}  {'p80':>10}"
    for each in found.agents:
        mark = "*" if each.name in found.trend.agents else " "
        moment = _day(each.released) if found.time_unit == "days" else number(each.released)
        note = f"  {each.note}" if each.note else ""
        yield (
            f"{each.name:{width}} {mark}{moment or '–':>10}  {number(each.p50.value):>10}  "
            f"{_interval(each.p50):>17}  {number(each.p80.value):>10}{note}"
        )
    yield ""
    yield f"Horizons in {found.unit}; * is the state of the art of its time."
    yield from _how(found, asked)


def _headline(found: Measured) -> str:
    line = found.trend
    if line.doubling is None:
        still = " The state of the art stands still." if line.slope == 0.0 else ""
        return f"Horizons of {counted(len(found.agents), 'model')}.{still}"
    verb = "doubles" if line.doubling > 0 else "halves"
    told = f"The horizon {verb} every {_precise(abs(line.doubling))} {found.time_unit}"
    if line.interval:
        low, high = line.interval
        ends = f"{_precise(low)} to {_precise(high)}" if high is not None else _open(low)
        told += f" (95%: {ends}, by the {_METHODS[line.method]})"
    elif line.untold:
        told += f" (no interval: {line.untold})"
    return f"{told}: {counted(len(line.agents), 'model')} of the state of the art."


_METHODS = {"bootstrap": "bootstrap", "residuals": "scatter about the line"}


def _open(low: float | None) -> str:
    return f"{_precise(low)} or more, or not at all" if low else "not told"


def _precise(value: float | None) -> str:
    return "–" if value is None else f"{value:,.3f}" if math.fabs(value) < 1e6 else number(value)


def _interval(estimate: Estimate) -> str:
    if estimate.low is None and estimate.high is None:
        return "–"
    return f"{number(estimate.low)} to {number(estimate.high)}"


def _how(found: Measured, asked: Asked) -> Iterator[str]:
    if found.kind != "table":
        yield (
            f"{counted(found.runs, 'run')}, {found.hacks:,} marked as reward hacks, which "
            f"count as: {found.hack_policy}. Penalty on the slope {asked.penalty:g}, "
            f"{asked.draws:,} bootstrap draws."
        )
    for note in found.notes:
        yield f"Note: {note}."
