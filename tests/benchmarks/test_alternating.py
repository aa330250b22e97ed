"""A program and its improver take turns, by real labs and judges, beside the first alone."""

from __future__ import annotations

import json
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import alternating
import improvers
from subjects.small_improver import LAB

EXAMPLE = improvers.EXAMPLE.parents[1] / "alternating"


def told(path: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((path / "successor.toml").read_text("utf-8"))


def test_arms_differ_in_nothing_but_whether_the_improver_goes_on(tmp_path: Path) -> None:
    going, frozen = (
        alternating.copied(EXAMPLE, tmp_path / name, 7, frozen=name == "b") for name in "ab"
    )
    assert told(frozen)["author"].pop("generations") == 0
    assert told(going)["lab"]["seed"] == told(going / "improver")["lab"]["seed"] == 7
    assert {**told(frozen), "author": None} == {**told(going), "author": None}
    assert told(frozen / "improver") == told(going / "improver")


def test_what_costs_less_is_told_by_inputs_of_its_own() -> None:
    with closing(alternating.opened(EXAMPLE)) as program:
        source = (EXAMPLE / program.path).read_text("utf-8")
        longer = source.replace("max(wanted)", "min(wanted)")
        assert alternating.gained(program, source, source, 7) == 1.0
        assert 0 < alternating.gained(program, source, longer, 7) < 0.9


@pytest.mark.slow
def test_both_arms_go_on_from_round_to_round(tmp_path: Path) -> None:
    lab = alternating.copied(EXAMPLE, tmp_path / "lab", 1, frozen=False)
    (lab / "improver" / "successor.toml").write_text(LAB, encoding="utf-8")
    text = (lab / "successor.toml").read_text("utf-8")
    small = text.replace("evaluations = 40", "evaluations = 30").replace("10, 30, 100", "8, 12")
    (lab / "successor.toml").write_text(small, encoding="utf-8")
    done = CliRunner().invoke(alternating.main, [str(lab), "--rounds", "2", "--json"])
    assert done.exit_code == 0, done.output
    turns = json.loads(done.stdout)
    arms = [alternating.ALTERNATING, alternating.FROZEN]
    assert [(each["round"], each["arm"]) for each in turns] == [
        (1, arms[0]), (1, arms[1]), (2, arms[0]), (2, arms[1]),
    ]  # fmt: skip
    assert {each["improvers"] for each in turns if each["arm"] == arms[1]} == {1}
    assert turns[0]["times"] == turns[1]["times"], "the same improver, the same chances"
    assert all(each["times"] >= 0.95 for each in turns)
    assert not (lab / ".successor").exists()
