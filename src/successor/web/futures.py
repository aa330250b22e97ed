"""Where the lab's own curve goes, and the worlds that would go on from there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from shlex import join
from typing import Any

import numpy as np
from starlette.requests import Request

from successor.errors import UsageError
from successor.insight.futures.growth import KINDS, Growth, forecasts, told
from successor.insight.futures.presets import DOUBLINGS, PRESETS, TAKEOFF
from successor.insight.futures.returns import Fitted, Returns, going_on, returns
from successor.insight.futures.series import WORKED, Series, review_share
from successor.insight.futures.telling import (
    doublings_json,
    finite,
    growth_json,
    path_json,
    path_lines,
    returns_line,
    takeoff_json,
)
from successor.insight.futures.world import changed, simulate
from successor.showing.following import Sight
from successor.web.seat import Seat

DRAWS, SEED = 20_000, 42
"""Of forecasts and simulations: what `successor futures` takes when nothing is said."""
FEWER, POINTS = 2000, 60
"""Draws and points of a curve."""


@dataclass(frozen=True)
class Seen:
    """What a lab's line of versions says of its growth."""

    series: Series
    growth: Growth
    back: Returns | None
    review: float
    """Share of all time that people's reviews took."""


def futures(seat: Seat, _: Request) -> dict[str, Any]:
    """The lab's own points, the three kinds of growth through them, and where each goes."""
    found = _seen(seat)
    worlds = {
        name: {"world": asdict(each.world), "source": each.source, "caveat": each.caveat}
        for name, each in PRESETS.items()
    }
    if found is None:
        return {"series": None, "presets": worlds, "growth": None}
    return {"presets": worlds, "command": _command(seat.name), **_curves(found)}


def others(seat: Seat, _: Request) -> dict[str, Any]:
    """Models that others published and that have no world here, simulated anew."""
    return seat.once("models of others", _others)


def _others() -> dict[str, Any]:
    made = {DOUBLINGS: doublings_json, TAKEOFF: takeoff_json}
    return {
        name: {**each(DRAWS, SEED), "command": _command("--preset", name)}
        for name, each in made.items()
    }


def _command(*words: str) -> str:
    """What gives the same numbers in a terminal."""
    return join(["successor", "futures", *words])


def world(seat: Seat, request: Request) -> dict[str, Any]:
    """A world with these numbers; what is not given is the preset's, or the lab's own.

    Raises:
        UsageError: when a number is none, or out of its bounds.
    """
    asked = dict(request.query_params)
    name = asked.pop("preset", "review-bound")
    if name not in PRESETS:
        raise UsageError(f"{name!r}: no such world; there is: {', '.join(PRESETS)}")
    wishes = {key: _number(key, value) for key, value in asked.items()}
    preset, taken = PRESETS[name], None
    found = _seen(seat)
    if found is not None and found.back is not None:
        base, taken = going_on(preset.world, found.back, found.review)
        preset = replace(preset, world=base)
    preset = replace(preset, world=changed(preset.world, wishes))
    kept: Mapping[str, Fitted | None] | None = (
        {key: value for key, value in taken.items() if key not in wishes} if taken else None
    )
    sets = [word for key, value in wishes.items() for word in ("--set", f"{key}={value:.15g}")]
    command = _command(*([seat.name] if taken else []), "--preset", name, *sets)
    path = simulate(preset.world)
    told_of = [*path_lines(name, preset, path, kept)]
    return {**path_json(name, preset, path, kept), "told": told_of, "command": command}


def _number(key: str, value: str) -> float:
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise UsageError(f"{key}: {value[:40]!r} is no number")
    return found


def _seen(seat: Seat) -> Seen | None:
    return seat.view("futures", _look)


def _look(sight: Sight) -> Seen | None:
    incumbent = sight.ledger.incumbent()
    line = sight.ledger.lineage(incumbent.id) if incumbent else ()
    leaves = [sight.tree.leaves[each.id] for each in line]
    points = [(leaf.worked_s / 60, leaf.score) for leaf in leaves if leaf.score]
    ordered = sorted((at, value) for at, value in points if value > 0)
    if len({at for at, _ in ordered}) < 2:
        return None
    times, values = (tuple(column) for column in zip(*ordered, strict=True))
    what = next(name for leaf in leaves for name in leaf.measured)
    back = returns(times, values)
    series = Series(times, values, WORKED, what)
    return Seen(series, told(times, values), back, review_share(sight.ledger))


def _curves(found: Seen) -> dict[str, Any]:
    series, growth = found.series, found.growth
    points = POINTS if growth.enough else 0
    span = series.times[-1] - series.times[0]
    at = np.linspace(series.times[0], series.times[-1] + span / 2, points).tolist()
    ahead = [series.times[-1] + span / 2 * step / 4 for step in range(1, 5)]
    together = forecasts(growth, at, draws=FEWER)
    curves = {
        kind: [finite(each.median) for each in forecasts(growth, at, kind, FEWER)] for kind in KINDS
    }
    return {
        "series": {
            "times": series.times,
            "values": series.values,
            "what": series.what,
            "unit": series.unit,
        },
        "at": at,
        "curves": curves,
        "band": [[finite(end) for end in each.most] for each in together],
        "meanings": {kind: growth.meaning(kind) for kind in KINDS},
        "growth": growth_json(
            series, growth, forecasts(growth, ahead, draws=DRAWS, seed=SEED), found.back
        ),
        "returns_told": returns_line(found.back, series.what),
    }
