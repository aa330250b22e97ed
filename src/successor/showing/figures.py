"""Figures as people read them, in a few signs."""

from __future__ import annotations

from collections.abc import Mapping

from successor.oversight.policy import LOWERED, STAGES
from successor.showing.generation import Generation


def evidence(row: Generation) -> str:
    """The e-value against its threshold: `3e+08 / 40`."""
    if row.e_value is None or row.threshold is None:
        return "-"
    return f"{number(row.e_value)} / {number(row.threshold)}"


def metric(name: str) -> str:
    """A metric's name as prose."""
    return name.replace("_", " ")


def short(name: str) -> str:
    """A measure's name in a word, where there is no room for more: reliable, horizon, speedup."""
    return name.removesuffix("_horizon")


def told_measures(measured: Mapping[str, float]) -> str:
    """Measures in a line: `horizon 64, reliable 48`."""
    return ", ".join(f"{short(name)} {number(value)}" for name, value in measured.items())


def number(value: float | str | None) -> str:
    """At most four significant characters, for reading: 0.021, 64, 1,024, 3e+08."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if abs(value) >= 1e6:
        return f"{value:.0e}"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def unsafe(tier: str) -> str:
    """A sandbox that does not hold, and what that means, in a line."""
    return f"{tier}, which does not hold: what is judged in it is never promoted"


def at_most(lowered: str) -> str:
    """The stage after a tripwire, in a line."""
    return f"{LOWERED} ({STAGES[LOWERED]}) at most, since a tripwire: {lowered}"


def duration(seconds: float) -> str:
    """Hours, minutes and seconds, the two that matter: 41s, 2m 05s, 1h 12m."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
