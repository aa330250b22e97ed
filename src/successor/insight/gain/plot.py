"""What a lab gained as a picture."""

from __future__ import annotations

from pathlib import Path

from successor.insight.gain.record import LabGain
from successor.insight.report.html import number, words
from successor.insight.svg import Chart, Curve, Mark, write


def draw(found: LabGain, output: Path) -> None:
    """Write the line of versions by minutes of work, as SVG.

    Raises:
        SuccessorError: when it cannot be written.
    """
    x = [point.minutes for point in found.points]
    y = [point.value for point in found.points]
    title = f"{words(found.measure).capitalize()} by working time"
    if found.times is not None:
        title += f": {number(found.times)} times the start"
    names = (f"generation {point.generation}" for point in found.points)
    marks = [Mark(at, value, name=name) for at, value, name in zip(x, y, names, strict=True)]
    write(
        Chart(title, "minutes of work", found.unit or words(found.measure), marks, [Curve(x, y)]),
        output,
    )
