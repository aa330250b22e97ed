"""The trend of horizons as a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from successor.insight.horizon.measured import Measured
from successor.insight.report.html import number
from successor.insight.svg import Chart, Curve, Mark, write


def draw(found: Measured, output: Path) -> None:
    """Write the picture as SVG.

    Raises:
        SuccessorError: when it cannot be written.
    """
    days = found.time_unit == "days"
    title = "Size of task at which half succeeds"
    if found.trend.doubling:
        title += f": doubles every {found.trend.doubling:.0f} {found.time_unit}"
    write(
        Chart(
            title,
            "release" if days else found.time_unit,
            found.unit,
            [*_marks(found)],
            [*_line(found)],
            _day if days else number,
        ),
        output,
    )


def _day(ordinal: float) -> str:
    return date.fromordinal(round(ordinal)).strftime("%b %Y")


def _marks(found: Measured) -> Iterator[Mark]:
    for each in found.agents:
        if each.released is not None and each.p50.value:
            best = each.name in found.trend.agents
            yield Mark(
                each.released, each.p50.value, each.p50.low, each.p50.high, each.name, not best
            )


def _line(found: Measured) -> Iterator[Curve]:
    line = found.trend
    if line.slope is None or line.intercept is None:
        return
    times = [
        each.released
        for each in found.agents
        if each.released is not None and each.name in line.agents
    ]
    ends = [min(times), max(times)]
    yield Curve(ends, [math.exp(line.intercept + line.slope * x) for x in ends], "trend")
