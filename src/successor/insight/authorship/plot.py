"""Who wrote what was merged, as a picture."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from successor.insight.authorship.kinds import KINDS, Kind
from successor.insight.authorship.measured import Authorship
from successor.insight.authorship.record import LabAuthorship
from successor.insight.svg import Chart, Curve, Mark, write

SHOWN = KINDS[:-1]
"""Other bots count in no share."""


def draw(found: Authorship, output: Path) -> None:
    """Write the changes of each quarter by kind of author, as SVG.

    Raises:
        SuccessorError: when it cannot be written.
    """
    points: dict[Kind, list[tuple[float, int]]] = {
        kind: [(_year(name), period.kinds[kind].changes) for name, period in found.periods.items()]
        for kind in SHOWN
    }
    title = "Changes by quarter, by who wrote them"
    write(_chart(title, "year", "changes a quarter", points), output)


def draw_lab(found: LabAuthorship, output: Path) -> None:
    """Write the promotions of a lab so far by kind of author, as SVG.

    Raises:
        SuccessorError: when it cannot be written.
    """
    points: dict[Kind, list[tuple[float, int]]] = {kind: [] for kind in SHOWN}
    so_far = Counter[Kind]()
    for minutes, kind in found.steps:
        so_far[kind] += 1
        points[kind].append((minutes, so_far[kind]))
    title = "Promotions so far, by who wrote them"
    write(_chart(title, "minutes of work", "promotions", points), output)


def _chart(title: str, x: str, y: str, points: dict[Kind, list[tuple[float, int]]]) -> Chart:
    some = {kind: [(at, n) for at, n in each if n] for kind, each in points.items()}
    curves = [
        Curve([at for at, _ in each], [n for _, n in each], kind) for kind, each in some.items()
    ]
    marks = [Mark(at, n, name=kind) for kind, each in some.items() for at, n in each]
    return Chart(title, x, y, marks, curves, tick=lambda at: f"{at:.6g}")


def _year(quarter: str) -> float:
    """The first day of a quarter such as `2026-Q2`."""
    year, _, number = quarter.partition("-Q")
    return int(year) + (int(number) - 1) / 4
