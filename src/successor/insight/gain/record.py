"""What a lab gained, from its ledger: the line of versions that leads to the one in charge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from successor.errors import UsageError
from successor.insight.gain.classes import Class, classes
from successor.insight.gain.rates import Ends, Gain, Point, gain, times
from successor.insight.measures import gains
from successor.insight.report.charts import size_unit
from successor.insight.report.data import Story, VersionRow, story
from successor.ledger import Ledger
from successor.types import Exam

_DRAWS = 1000


@dataclass(frozen=True)
class LabGain:
    """What a record says."""

    measure: str
    """What is measured; higher is better."""
    unit: str
    """Of a horizon; "" where the measure says how many times, or is a share."""
    points: tuple[Point, ...]
    """The first version and every one of its line that took over, oldest first."""
    times: float | None
    """How many times the start the last one is; None when one of the two is 0."""
    interval: Ends | None
    """95% of it: both versions are measured on few items."""
    rates: Gain
    classes: tuple[Class, ...]
    judged: int
    """Fresh items on which every step of the line was judged, in all."""
    usd: float
    """What models cost, all sessions and candidates."""
    unpriced: int
    """Calls of models whose price is not known."""
    work_minutes: float


def lab_gain(record: Path) -> LabGain:
    """Read a record.

    Raises:
        UsageError: when nothing is on record, or no version was examined yet.
    """
    with Ledger.read(record) as ledger:
        found = gain_of(ledger, story(ledger.entries(), ledger.head.root))
    if found is None:
        raise UsageError(f"{record.parent}: no version was examined yet")
    return found


def gain_of(ledger: Ledger, told: Story) -> LabGain | None:
    """Of a ledger and its story; None before the first exam."""
    incumbent = ledger.incumbent()
    line = {each.id for each in ledger.lineage(incumbent.id)} if incumbent else set[str]()
    rows = [row for row in told.versions if row.version.id in line and row.headline is not None]
    exams = [ledger.exam(row.version.id) for row in rows]
    if not rows or exams[0] is None or exams[-1] is None:
        return None
    points = [_point(row) for row in rows]
    ends = [_ends(row, exam) for row, exam in ((rows[0], exams[0]), (rows[-1], exams[-1]))]
    told_times = times(points[0].value, points[-1].value, *ends) if len(rows) > 1 else None
    return LabGain(
        measure=told.measure,
        unit=size_unit(told) if told.measure == "horizon" else "",
        points=tuple(points),
        times=told_times[0] if told_times else None,
        interval=told_times[1] if told_times else None,
        rates=gain(points),
        classes=classes(exams[0], exams[-1]) if len(rows) > 1 else (),
        judged=sum(row.verdict.items for row in rows if row.verdict),
        usd=told.usd,
        unpriced=int(told.unpriced),
        work_minutes=told.worked_s / 60,
    )


def _point(row: VersionRow) -> Point:
    return Point(row.generation, row.minutes, row.headline or 0.0, row.usd)


def _ends(row: VersionRow, exam: Exam) -> Ends:
    """95% interval of a headline, over the items of its exam."""
    return row.horizon.interval if row.horizon else resampled(exam, next(iter(row.gains)))


def resampled(exam: Exam, name: str, draws: int = _DRAWS, seed: int = 42) -> Ends:
    """95% interval of a measure of a program, by the percentile bootstrap over the items of each
    slice. What a machine does between two exams is not in it.
    """
    rng = np.random.default_rng(seed)
    parts = [part for part in exam.slices if part.scores and name in gains({part.name: part.mean})]
    means = [rng.choice(part.scores, (draws, len(part.scores))).mean(axis=1) for part in parts]
    names = [part.name for part in parts]
    values = [
        gains(dict(zip(names, row, strict=True)))[name] for row in np.stack(means, axis=1).tolist()
    ]
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
