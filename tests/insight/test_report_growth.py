"""Where a lab's line of versions goes, as the report says it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from insight.told_run import Clock, tell
from successor.insight.reach import Horizon
from successor.insight.report.data import Story, VersionRow, story
from successor.insight.report.growth import growth_section
from successor.ledger import Ledger, journal


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    def set_clock(clock: Clock) -> None:
        monkeypatch.setattr(journal, "time", clock)

    with Ledger.read(tell(tmp_path / "lab", set_clock)) as ledger:
        return story(ledger.entries(), ledger.head.root)


def grown(told: Story, horizons: list[float]) -> Story:
    first = next(row for row in told.versions if not row.version.parents)

    def row(at: int, size: float) -> VersionRow:
        reach = Horizon(size, (size, size), at_least=False, reliable=0.0, support=0)
        return replace(first, minutes=float(at), horizon=reach, gains={})

    return replace(told, versions=tuple(row(at, size) for at, size in enumerate(horizons)))


def test_steady_doublings_are_told(told: Story):
    section = growth_section(grown(told, [2.0**at for at in range(12)]))
    assert "<h2>Where it goes</h2>" in section
    assert "Compounding: steady doublings: it predicts best by far" in section


def test_a_short_line_cannot_be_told_and_a_shorter_one_has_no_odds(told: Story):
    assert "The data can&#x27;t tell: 3 points" in growth_section(grown(told, [1.0, 2.0, 4.0]))
    short = growth_section(grown(told, [1.0, 2.0]))
    assert "The data can&#x27;t tell: 2 of the versions in charge" in short
    assert "Odds" not in short


def test_a_record_as_it_is(told: Story):
    section = growth_section(told)
    assert "Odds among three kinds" in section
