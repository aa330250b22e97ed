"""What the benchmark of local models counts, keeps and tells."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

import models
import programs
from improving import with_tables
from models import ALONE, BOTH, WITHOUT, Row, Terms, Work
from paired import Ratio

TERMS = Terms("local:m", 4, "1h", "3h", "5m")


def row(lab: str = "fib", arm: str = ALONE, promotions: int = 1) -> Row:
    found = programs.Row(
        lab, "3h", 1.0, Ratio(8.0, 7.0, 9.0, 12), None, {}, promotions, 2, 5.0, 60.0, "plateau",
        "", {},
    )  # fmt: skip
    return Row(arm, found, 4, 700, {"answers": 4, "duplicates": 1, "repaired": 0})


@pytest.mark.parametrize("arm", [WITHOUT, ALONE, BOTH])
def test_each_arm_is_a_lab_with_the_same_goal_and_authors_of_its_own(arm: str):
    for lab in programs.labs():
        text = (lab.folder / "successor.toml").read_text("utf-8")
        told = tomllib.loads(with_tables(text, TERMS.table(arm), models.SEED))
        before = tomllib.loads(text)
        assert told["lab"] == {**before["lab"], "seed": models.SEED}
        assert told["subject"] == before["subject"]
        assert told["base_cases"]["cpu"] == "5m"
        if arm == ALONE:
            assert told["author"]["kind"] == "llm"
        else:
            assert tuple(told["author"]["authors"]) == models.AUTHORS[arm]
        asked = told["author"] if arm == ALONE else told["author"].get("llm", {})
        assert asked.get("calls") == (None if arm == WITHOUT else 4)


def test_rows_are_kept_as_they_come_and_a_cut_off_one_is_none(tmp_path: Path):
    work = Work(tmp_path, TERMS)
    work.add(row())
    work.add(row("prime", BOTH))
    path = tmp_path / "rows.jsonl"
    path.write_text(path.read_text() + '{"arm": "model", "fou')
    assert work.rows() == {("fib", ALONE): row(), ("prime", BOTH): row("prime", BOTH)}


def test_rows_of_other_programs_are_kept_on_the_same_terms_only(tmp_path: Path):
    models.write(TERMS, models.by_name([row()]), tmp_path)
    table = models.write(TERMS, models.by_name([row("prime")]), tmp_path)
    assert "| fib |" in table
    assert "| prime |" in table
    other = Terms("local:n", 4, "1h", "3h", "5m")
    assert "| fib |" not in models.write(other, models.by_name([row("prime")]), tmp_path)
    figures = json.loads((tmp_path / "models.json").read_text())
    assert models.restored(figures) == (tmp_path / "models.md").read_text()


def test_the_table_tells_what_was_promoted_and_what_it_took():
    table = models.fragment(TERMS, [row(), row("prime", promotions=0)])
    assert "| fib | model | 1 of 2 | 8 | 4 | 700 | 4 answers, 1 duplicates | 60 |" in table
    assert "| prime | model | 0 of 2 |  | 4 | 700 |" in table
    assert "- model: 1 of 2 programs improved, 8 calls, 1,400 tokens, 120 seconds" in table
