"""Programs and their improver take turns, by real labs and judges, beside the first alone."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import alternating
import improvers
from subjects.small_improver import LAB


@pytest.mark.parametrize("name", alternating.BEGIN)
def test_a_formula_begins_with_what_the_example_does(tmp_path: Path, name: str) -> None:
    lab = alternating.copied(name, tmp_path)
    with closing(alternating.opened(lab)) as program:
        new = (lab / program.path).read_text("utf-8")
        old = (alternating.PROGRAMS / name / program.path).read_text("utf-8")
        assert new != old
        assert alternating.gained(program, old, new, 7) == pytest.approx(1.0)


@pytest.mark.slow
def test_both_arms_go_on_from_round_to_round(tmp_path: Path) -> None:
    (tmp_path / "improver.py").write_text(improvers.EXAMPLE.read_text("utf-8"), encoding="utf-8")
    (tmp_path / "successor.toml").write_text(LAB, encoding="utf-8")
    told = ["--programs", "symbolic_regression", "--rounds", "2", "--variants", "12", "--json"]
    done = CliRunner().invoke(alternating.main, [str(tmp_path), *told])
    assert done.exit_code == 0, done.output
    turns = json.loads(done.stdout)
    arms = [alternating.ALTERNATING, alternating.FROZEN]
    assert [(each["round"], each["arm"]) for each in turns] == [
        (1, arms[0]), (1, arms[1]), (2, arms[0]), (2, arms[1]),
    ]  # fmt: skip
    assert len({each["improver"] for each in turns if each["arm"] == arms[1]}) == 1
    assert turns[0]["times"] == turns[1]["times"], "the same improver, the same chances"
    assert all(each["times"] >= 1 for each in turns)
    assert not (tmp_path / ".successor").exists()
