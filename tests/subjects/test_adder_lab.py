"""The whole thing: an adder that was taught three digits teaches itself eight."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from successor.cli import run_command

LAB = """\
[lab]
goal = "Add numbers of any length"
[subject]
kind = "model/adder"
labelled = 3
width = 64
heads = 4
steps = 1200
decay = 200
learning_rate = 3e-3
batch_tokens = 1280
exam_items = 64
largest = 24
threads = 1
[author]
kind = "training"
strategy = "amplify"
steps = 160
lessons = 12
learning_rate = 2e-3
[base_cases]
target = "reliable_horizon=8"
confirm = 300
wall_clock = "20m"
generations = 5
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    (tmp_path / "successor.toml").write_text(LAB, encoding="utf-8")
    return tmp_path


def test_an_adder_teaches_itself_sums_longer_than_it_was_ever_taught(
    lab: Path, capfd: pytest.CaptureFixture[str]
):
    assert run_command(["improve", str(lab), "--json", "--quiet"]) == 0
    *generations, last = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert generations[0]["reliable_horizon"] <= 4
    assert generations[0]["decision"] == "first"
    assert last["stopped_by"] == "target"
    assert last["promotions"] >= 1
    assert last["reliable_horizon"] >= 8
    assert last["confirmed"]["8"] >= 0.98
    assert run_command(["report", str(lab), "--open", "no"]) == 0
    assert "digits" in (lab / "report.html").read_text(encoding="utf-8")
    assert run_command(["audit", str(lab)]) == 0
