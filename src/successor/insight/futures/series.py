"""A capability over time: from CSV or JSON lines, a table of published horizons, or a lab."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from successor.errors import UsageError
from successor.insight.authorship.record import authorship_of
from successor.insight.horizon.measured import RECORD, ROWS, TABLES, Asked, measured
from successor.insight.horizon.rows import compact, day, decimal, rows_in
from successor.insight.report.data import story
from successor.insight.report.html import counted
from successor.ledger import Ledger

TIME = ("time", "date", "release_date", "minutes", "generation")
WORKED = "minutes of work"
"""The unit of time of a lab."""
VALUE = ("value", "horizon", "p50", "capability", "score")
MOST = 10_000
"""Points; more say no more about the kind of growth."""


@dataclass(frozen=True)
class Series:
    """Ascending in time."""

    times: tuple[float, ...]
    values: tuple[float, ...]
    unit: str
    """Of time."""
    what: str
    """That is measured."""

    def shown(self, time: float) -> str:
        """A time, as people write it."""
        if self.unit != "days" or not 1 <= time < date.max.toordinal():
            return f"{time:.6g}"
        return date.fromordinal(round(time)).isoformat()


def read_series(path: Path, time: str | None = None, value: str | None = None) -> Series:
    """A series with at least two different times.

    Raises:
        UsageError: naming what is missing or wrong.
    """
    if path.is_dir():
        points, unit, what = _of_lab(path)
    elif path.suffix in TABLES:
        points, unit, what = _of_table(path)
    elif path.suffix in ROWS:
        points, unit, what = _of_rows(path, time, value)
    else:
        raise UsageError(
            f"{path}: should be a .csv, .tsv or .jsonl file, a .yaml table of published horizons, "
            "or the folder of a lab"
        )
    if len({at for at, _ in points}) < 2:
        raise UsageError(
            f"{path}: {counted(len(points), 'point')}; growth needs two different times"
        )
    ordered = sorted(points)
    if not math.isfinite(ordered[-1][0] - ordered[0][0]):
        raise UsageError(f"{path}: its times are further apart than numbers reach")
    return Series(tuple(at for at, _ in ordered), tuple(y for _, y in ordered), unit, what)


def _of_rows(
    path: Path, time: str | None, value: str | None
) -> tuple[list[tuple[float, float]], str, str]:
    read, known = list[tuple[Moment, float]](), set[bool]()
    names = (time,) if time else TIME, (value,) if value else VALUE
    what = ""

    def take(row: Mapping[str, object]) -> None:
        nonlocal what
        at = _time(_named(row, names[0])[1])
        what, told = _named(row, names[1])
        read.append((at, _positive(what, told)))
        if at.number is None or at.day is None:
            known.add(at.number is None)
        if len(known) > 1:
            raise ValueError("a date, where earlier rows have numbers, or the other way round")
        if len(read) > MOST:
            raise ValueError(f"more than {MOST:,} points: thin the series out")

    rows_in(path, take)
    # Eight digits are a date where nothing else in the column is a number.
    dated = known != {False}
    points = [((at.day if dated else at.number) or 0.0, value) for at, value in read]
    return points, "days" if dated else time or "time", what or "value"


def _named(row: Mapping[str, object], names: Sequence[str]) -> tuple[str, object]:
    for name in names:
        if row.get(name) is not None:
            return name, row[name]
    raise ValueError(f"no {' or '.join(names)}; it has {', '.join(sorted(row)) or 'nothing'}")


@dataclass(frozen=True)
class Moment:
    """What a cell of time may mean: a number, a day, or either."""

    number: float | None
    day: float | None


def _time(value: object) -> Moment:
    try:
        number, spelled = decimal(value), compact(value)
        return Moment(number, float(spelled.toordinal()) if spelled else None)
    except ValueError:
        try:
            if found := day(value):
                return Moment(None, float(found.toordinal()))
        except ValueError:
            pass
    raise ValueError(f"time {value!r}: should be a number, or a date like 2025-02-24")


def _positive(name: str, value: object) -> float:
    try:
        if (number := decimal(value)) > 0:
            return number
    except ValueError:
        pass
    raise ValueError(f"{name} {value!r}: should be a number above 0, since growth is a factor")


def _of_table(path: Path) -> tuple[list[tuple[float, float]], str, str]:
    found = measured([path], Asked())
    points = [
        (each.released, each.p50.value)
        for each in found.agents
        if each.name in found.trend.agents and each.released is not None and each.p50.value
    ]
    return points, "days", "p50 horizon of the state of the art"


def _of_lab(path: Path) -> tuple[list[tuple[float, float]], str, str]:
    if not (path / RECORD).is_dir():
        raise UsageError(f"{path}: no lab with a record")
    with Ledger.read((path / RECORD).absolute()) as ledger:
        told = story(ledger.entries(), ledger.head.root)
    points = [(row.minutes, row.headline) for row in told.line if row.headline]
    return points, WORKED, told.measure


def review_share(ledger: Ledger) -> float:
    """Share of the time of a lab, the machine's and people's, that was people's review."""
    found = authorship_of(ledger)
    whole = found.review_minutes + found.work_minutes
    return found.review_minutes / whole if whole else 0.0
