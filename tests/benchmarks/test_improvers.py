"""Published strategies keep the rules, and improvers are compared with the first one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import improvers
import recursion
from successor.subjects.improver import ImproverSubject, improver

SOURCE = improvers.EXAMPLE.read_text("utf-8")


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[ImproverSubject]:
    (tmp_path / "improver.py").write_text(SOURCE, encoding="utf-8")
    made = improver({"target": "improver.py", "evaluations": 60}, tmp_path)
    yield made
    made.close()


def test_no_published_strategy_breaks_a_rule_and_all_beat_chance(subject: ImproverSubject) -> None:
    strategies = improvers.published()
    assert len(strategies) == 6
    chance = strategies.pop("random_search")
    rows = improvers.measure(subject, {"chance": chance, **strategies}, 12, 4).rows
    assert [each.failed for each in rows] == [0] * 6
    assert all(each.area > rows[0].area - 0.02 for each in rows), rows


def test_another_seed_is_the_same_improver_and_no_better(subject: ImproverSubject) -> None:
    texts = {"first": SOURCE, "another seed": improvers.lucky(SOURCE)}
    first, luck = improvers.measure(subject, texts, 40, 5).rows
    assert luck.failed == 0
    assert luck.area != first.area, "other candidates"
    assert luck.gain[1] < 0 < luck.gain[2]


def test_one_that_breaks_a_rule_is_counted(subject: ImproverSubject) -> None:
    broken = SOURCE.replace("costs = yield candidates", "costs = yield [None]")
    _, row = improvers.measure(subject, {"first": SOURCE, "broken": broken}, 2, 1).rows
    assert (row.failed, row.area) == (6, 0.0)


def test_who_fails_late_has_reached_nothing_and_cannot_be_the_first(
    subject: ImproverSubject,
) -> None:
    late = SOURCE.replace(
        "costs = yield candidates", "costs = yield candidates if task.left > 30 else [None]"
    )
    assert late != SOURCE
    _, row = improvers.measure(subject, {"first": SOURCE, "late": late}, 2, 1).rows
    assert row.failed == 6
    assert row.share[0] == row.budget[0] == math.inf
    with pytest.raises(click.ClickException, match="the first improver failed at 6 tasks"):
        improvers.measure(subject, {"late": late, "first": SOURCE}, 2, 1)


def test_the_figures_are_json_also_where_nothing_is_reached(tmp_path: Path) -> None:
    worse = tmp_path / "worse.py"
    worse.write_text(SOURCE.replace("best, least = candidate, cost", "pass"), encoding="utf-8")
    done = CliRunner().invoke(
        improvers.main,
        [str(improvers.EXAMPLE), str(worse), "--tasks", "6", "--out", str(tmp_path / "out")],
    )
    assert done.exit_code == 0, done.output
    figures = json.loads((tmp_path / "out" / "improvers.json").read_text("utf-8"))
    assert [each["name"] for each in figures["rows"]] == ["improver", "worse", "another seed"]
    assert figures["rows"][1]["gain"][0] < 0
    assert figures["rows"][1]["share"][2] is None, "it never comes to that"
    assert improvers.fragment(improvers.restored(figures)) in done.output
    assert "never" in done.output
    assert figures["rows"][1]["share"][2] is None


def test_alike_searches_of_one_pair_find_the_same(subject: ImproverSubject) -> None:
    size = recursion.Result(18, 2, 60, (), 0.0)
    found = recursion.pair(subject, (SOURCE, SOURCE), 3, size)
    assert found.found[recursion.FIRST] == found.found[recursion.SECOND]
