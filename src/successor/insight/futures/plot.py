"""Series, forecasts and worlds as pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path as File

import numpy as np

from successor.insight.futures.growth import KINDS, Forecast, Growth, forecasts
from successor.insight.futures.presets import Preset
from successor.insight.futures.series import Series
from successor.insight.futures.world import Path
from successor.insight.svg import Chart, Curve, Mark, write


def draw_growth(series: Series, found: Growth, ahead: Sequence[Forecast], output: File) -> None:
    """The series, what each kind makes of it, and the 90% interval of all of them.

    Raises:
        SuccessorError: when it cannot be written.
    """
    at = np.linspace(series.times[0], ahead[-1].time, 60).tolist()
    lines = {kind: forecasts(found, at, kind, 1000) for kind in KINDS}
    together = forecasts(found, at)
    least = min(series.values) / 10
    most = max(*series.values, *(e.median for e in ahead if math.isfinite(e.median))) * 100
    curves = [Curve(at, [e.median for e in lines[kind]], kind) for kind in KINDS]
    band = Curve(
        at,
        [max(e.most[0], least) for e in together],
        upper=[min(e.most[1], most) for e in together],
    )
    shown = [band, *(_below(curve, most) for curve in curves)] if found.enough else []
    marks = [Mark(x, y) for x, y in zip(series.times, series.values, strict=True)]
    verdict = found.meaning(found.verdict) if found.verdict else "the data can't tell"
    write(
        Chart(verdict.capitalize(), series.unit, series.what, marks, shown, series.shown),
        output,
    )


def draw_world(name: str, preset: Preset, path: Path, output: File) -> None:
    """How good AI gets in a world.

    Raises:
        SuccessorError: when it cannot be written.
    """
    curve = Curve(path.times, path.levels, f"{name}: {path.future}")
    write(Chart(preset.source.split(":")[0], "years", "times as good", [], [curve]), output)


def _below(curve: Curve, most: float) -> Curve:
    kept = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y <= most]
    return Curve([x for x, _ in kept], [y for _, y in kept], curve.name)
