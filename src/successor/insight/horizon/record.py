"""Versions of a lab as agents: what their exams came to, at which minute of the lab's work."""

from __future__ import annotations

from pathlib import Path

from successor.errors import UsageError
from successor.insight.horizon.runs import Run, Runs
from successor.insight.report.charts import size_unit
from successor.insight.report.data import VersionRow, story
from successor.ledger import Ledger


def read_record(record: Path, runs: Runs) -> None:
    """Take in the versions that were in charge, and those that cheated.

    What a quarantined version got right is marked as cheating. Sizes of an exam are chosen, not
    drawn: every item weighs the same, and only items are resampled.

    Raises:
        UsageError: when nothing is on record, or what is examined has no horizon.
    """
    with Ledger.read(record) as ledger:
        told = story(ledger.entries(), ledger.head.root)
    if told.measure != "horizon":
        raise UsageError(
            f"{record.parent}: its exams measure {told.measure}, and no horizon; "
            f"see: successor report {record.parent}"
        )
    runs.fixed, runs.unit = True, size_unit(told) or "size"
    for row in told.versions:
        cheated = row.outcome == "quarantined"
        if row.in_line or cheated:
            _add(row, runs, cheated=cheated)
    if not runs.total:
        raise UsageError(f"{record.parent}: no version was examined yet")


def _add(row: VersionRow, runs: Runs, *, cheated: bool) -> None:
    for tally in row.tallies:
        if not tally.items:
            continue
        right = round(tally.total)
        graded = abs(tally.total - right) > 1e-9
        counted = (
            [(tally.mean, tally.items)] if graded else [(1.0, right), (0.0, tally.items - right)]
        )
        for score, times in counted:
            if times:
                run = Run(
                    row.short, tally.name, tally.name, tally.size, score, cheated and score > 0
                )
                runs.add(run, times)
        runs.released.setdefault(row.short, row.minutes)
