"""A person practises: one key a candidate, and what came of it is the person's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.commands import Run
from cli.terminal import Terminal
from cli.test_json_docs import assert_fits, documented
from successor.cheats.drill import drawn
from successor.cli.drill import QUESTION

SEEN = QUESTION[-20:]
SEED, COUNT = 4, 3


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "successor" / "drills.jsonl"


def test_away_from_a_terminal_it_says_so_and_keeps_nothing(state: Path, run: Run):
    for arguments in ([], ["--json"], ["--count", "2"]):
        found = run("drill", *arguments)
        assert (found.code, found.out, found.err.count("\n")) == (2, "", 1)
        assert "run it at a terminal" in found.err
    assert run("drill", "--count", "0").code == 2
    assert run("drill", "--results").out == "No drill yet: successor drill\n"
    assert not state.exists()


def test_a_drill_from_the_first_key_to_the_results(state: Path, run: Run):
    posed = drawn(COUNT, SEED)
    seat = Terminal("drill", "--count", str(COUNT), "--seed", str(SEED))
    for number, each in enumerate(posed):
        shown = seat.read_until(SEEN)
        assert f"{number + 1} of {COUNT}" in shown
        assert "Summary      written by a machine" in shown
        if number == 0:
            seat.press("z")
            seat.read_until(SEEN)
            seat.press("x")
            assert "Evidence as it grew" in seat.read_until(SEEN)
        # The first is answered wrongly, all others rightly.
        seat.press("a" if each.bad == (number == 0) else "r")
    assert seat.end() == 0
    assert seat.shown.count("WRONG") == 1
    assert "Planted candidates caught" in seat.shown
    assert "95% interval" in seat.shown
    (line,) = state.read_text(encoding="utf-8").splitlines()
    kept = json.loads(line)
    assert (kept["seed"], kept["asked"]) == (SEED, COUNT)
    assert [each["bad"] for each in kept["answers"]] == [each.bad for each in posed]
    assert [each["explained"] for each in kept["answers"]] == [True, False, False]
    assert all(each["seconds"] > 0.2 for each in kept["answers"])
    (told,) = run("drill", "--results", "--json").lines
    assert_fits(told, documented("`successor drill --results --json`"))
    assert_fits(told["drills"][0], documented("`successor drill --json`"))
    bad = sum(each.bad for each in posed)
    assert (told["bad"], told["honest"]) == (bad, COUNT - bad)
    assert told["caught"] + told["honest"] - told["refused"] == COUNT - 1
    assert "All together" in run("drill", "--results").out


def test_a_drill_that_is_left_keeps_what_was_answered(state: Path):
    seat = Terminal("drill", "--count", "3", "--seed", "1")
    seat.read_until(SEEN)
    seat.press("q")
    assert seat.end() == 0
    assert "Nothing was answered" in seat.shown
    assert not state.exists()
    seat = Terminal("drill", "--count", "3", "--seed", "1")
    seat.read_until(SEEN)
    seat.press("r")
    seat.read_until(SEEN)
    seat.press("q")
    assert seat.end() == 0
    assert len(json.loads(state.read_text(encoding="utf-8"))["answers"]) == 1


def test_ctrl_c_keeps_what_was_answered(state: Path):
    seat = Terminal("drill", "--count", "3", "--seed", "1")
    seat.read_until(SEEN)
    seat.press("r")
    seat.read_until(SEEN)
    seat.press("\x03")
    assert seat.end() == 130
    assert "Kept in" in seat.shown
    assert len(json.loads(state.read_text(encoding="utf-8"))["answers"]) == 1
