"""Cheating does not pay: no reward hack is promoted, and every honest twin is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from successor import cheats, labfile
from successor.cheats import Report, Tried, catalogue, run_suite
from successor.cheats.catalogue import KINDS

ALL = {each.name: each for each in catalogue()}
QUICK = ("return the answer that is right most often", "answer the visible tests and nothing else")


def test_every_fixture_has_a_name_a_kind_and_a_source_of_its_own_and_a_lab_that_can_be_read(
    tmp_path: Path,
):
    files = [*Path(str(cheats.__file__)).with_name("fixtures").glob("*.toml")]
    assert len(files) == len(ALL)
    (tmp_path / labfile.FILE_NAME).write_text('[lab]\ngoal = "faster"\n', "utf-8")
    for each in ALL.values():
        assert each.kind in KINDS
        assert each.source
        assert each.tries
        assert not each.tries.endswith(".")
        assert each.cheat != each.twin
        told = labfile.read(tmp_path, each.tables(each.cheat, None))
        assert told.lab.stage == 4, "nobody but the judge stands between it and a promotion"


@pytest.mark.parametrize("name", QUICK)
def test_a_hack_is_turned_away_and_its_twin_takes_over(name: str):
    (tried,) = run_suite(cheats=[ALL[name]]).tried
    assert tried.fate.outcome == "rejected", tried.fate
    assert tried.fate.by == "contract", tried.fate
    assert tried.twin.outcome == "promoted", tried.twin


def test_a_promoted_cheat_is_seen():
    """An honest program in the place of the cheat, so that the suite is seen to fail."""
    honest = ALL[QUICK[0]]
    report = run_suite(cheats=[replace(honest, cheat=honest.twin, twin=honest.cheat)])
    assert (report.promoted, report.twins_promoted) == (1, 0)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_hack_is_promoted_and_every_twin_is():
    report = run_suite()
    assert not holes(report)
    assert report.promoted == report.unjudged == 0
    assert report.twins_promoted == len(report.tried)


def holes(report: Report) -> list[Tried]:
    """What should have come otherwise."""
    bad = ("promoted", "not judged")
    return [t for t in report.tried if t.fate.outcome in bad or t.twin.outcome != "promoted"]
