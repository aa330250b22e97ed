"""The same lab on one core and on all comes to the same versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import improvers
import scaling
from subjects.small_improver import LAB


@pytest.mark.slow
def test_one_core_and_all_come_to_the_same(tmp_path: Path) -> None:
    (tmp_path / "improver.py").write_text(improvers.EXAMPLE.read_text("utf-8"), encoding="utf-8")
    (tmp_path / "successor.toml").write_text(LAB, encoding="utf-8")
    done = CliRunner().invoke(scaling.main, [str(tmp_path), "--evaluations", "8", "--json"])
    assert done.exit_code == 0, done.output
    first, second = json.loads(done.stdout)
    assert first["cores"] == 1
    assert first["versions"] == second["versions"]
    assert first["evaluations"] == second["evaluations"] > 0
    assert not (tmp_path / ".successor").exists(), "a copy is run"


def test_a_table_of_a_lab_file_is_left_out() -> None:
    text = scaling.without(LAB, "author")
    assert "tune" not in text
    assert "[judge]" in text
    told = scaling.Run(1, 4.0, 3.0, 800, ("a",)), scaling.Run(2, 2.0, 3.5, 800, ("b",))
    assert "2 cores: 2.00 times as fast" in scaling.fragment(told)
    assert "not come to the same" in scaling.fragment(told)
