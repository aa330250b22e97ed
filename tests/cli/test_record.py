from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from cli.commands import Run, change
from successor.cli.record_views import told_status
from successor.lab import RECORD, load
from successor.ledger import Ledger
from successor.ledger.store import FILE

BROKEN_EVENT = 5


@pytest.fixture
def improved(lab: Path, run: Run) -> Path:
    assert run("improve", lab, "--quiet").code == 0
    return lab


def flip_a_byte(lab: Path) -> None:
    with closing(sqlite3.connect(lab / ".successor" / FILE)) as connection, connection:
        connection.execute("DROP TRIGGER event_never_changes")
        (body,) = connection.execute(
            "SELECT body FROM event WHERE seq = ?", (BROKEN_EVENT,)
        ).fetchone()
        changed = bytes([*body[:-3], body[-3] ^ 1, *body[-2:]])
        connection.execute("UPDATE event SET body = ? WHERE seq = ?", (changed, BROKEN_EVENT))


def test_audit_verifies_an_honest_record(improved: Path, run: Run):
    found = run("audit", improved)
    assert (found.code, found.err) == (0, "")
    assert Ledger.read(improved / ".successor").head.root in found.out


def test_audit_names_the_event_that_was_changed_and_exits_with_4(improved: Path, run: Run):
    flip_a_byte(improved)
    found = run("audit", improved, "--json")
    assert found.code == 4
    assert f"event {BROKEN_EVENT}" in found.err
    assert len(found.err.splitlines()) == 1
    assert found.lines[0]["verified"] is False
    assert found.lines[0]["events"] == BROKEN_EVENT - 1
    assert f"event {BROKEN_EVENT}" in found.lines[0]["problem"]


@pytest.mark.parametrize("verb", ["improve", "status", "lineage", "report"])
def test_no_verb_trusts_a_record_that_does_not_verify(improved: Path, run: Run, verb: str):
    flip_a_byte(improved)
    found = run(verb, improved)
    assert found.code == 4
    assert f"event {BROKEN_EVENT}" in found.err


def test_status_tells_what_the_lab_has_come_to(improved: Path, run: Run):
    found = run("status", improved)
    assert "Count further" in found.out
    assert "stopped by its target" in found.out
    assert "3, 2 promotions" in found.out


def test_one_promotion_is_no_promotions(lab: Path, run: Run):
    told = run("improve", lab, "--generations", "2").err
    assert "2 versions, 1 promoted" in told
    assert "2, 1 promotion\n" in run("status", lab).out


def test_a_record_before_its_first_version_says_that_there_is_none(lab: Path, run: Run):
    with load(lab) as opened:
        opened.parts.ledger.started()
    found = run("lineage", lab)
    assert (found.code, len(found.out.splitlines())) == (0, 1)
    assert found.out.startswith("There is no version yet")
    empty: dict[str, object] = {"lineage": [], "generations": [], "rolled_back": []}
    assert run("lineage", lab, "--json").lines == [empty]
    assert "1 event and 0 objects verify." in run("audit", lab).out
    assert "(1 event)" in run("status", lab).out


def test_status_of_a_lab_that_never_ran_says_so(lab: Path, run: Run):
    found = run("status", lab)
    assert found.code == 2
    assert "nothing is on record" in found.err


def test_lineage_shows_the_incumbents_and_not_the_rejected(lab: Path, run: Run):
    (lab / "successor.toml").write_text(
        (lab / "successor.toml").read_text(encoding="utf-8").replace("=16", "=4096"),
        encoding="utf-8",
    )
    found = run("improve", lab, "--generations", "12", "--json")
    decisions = [line["decision"] for line in found.lines[:-1]]
    assert "rejected" in decisions
    line = run("lineage", lab, "--json").lines[0]["lineage"]
    assert [each["generation"] for each in line] == [
        number for number, told in enumerate(decisions) if told in {"first", "promoted"}
    ]
    for before, after in pairwise(line):
        assert after["parent"] == before["version"]
    shown = run("lineage", lab).out
    assert shown.count("promoted") == len(line) - 1
    assert "rejected" not in shown


def test_a_generation_that_found_no_candidate_does_not_stand_for_its_incumbent(lab: Path, run: Run):
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\nmost = 8.0')
    found = run("improve", lab, "--generations", "4", "--json")
    assert [line["decision"] for line in found.lines[:-1]][1:3] == ["promoted", "no candidate"]
    line = run("lineage", lab, "--json").lines[0]["lineage"]
    assert [each["decision"] for each in line] == ["first", "promoted"]


def test_report_is_written_where_it_is_wanted(improved: Path, tmp_path: Path, run: Run):
    output = tmp_path / "story.html"
    found = run("report", improved, "--output", output, "--open", "no")
    assert (found.code, found.out.strip()) == (0, str(output))
    assert "Count further" in output.read_text(encoding="utf-8")
    assert run("report", improved, "-o", "-").out == output.read_text(encoding="utf-8") + "\n"
    assert run("report", improved).out.strip() == str(improved / "report.html")


def test_the_lab_ignores_its_record(improved: Path):
    assert (improved / ".successor" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_reading_verbs_run_nothing_of_the_lab(improved: Path, run: Run):
    (improved / "tiny.py").write_text("raise RuntimeError", encoding="utf-8")
    (improved / "successor.toml").write_text("not toml", encoding="utf-8")
    for verb in ("status", "lineage", "audit", "report"):
        assert run(verb, improved).code == 0


def test_what_is_on_record_cannot_move_the_cursor_or_forge_a_line():
    found: dict[str, object] = {
        "goal": "Count\x1b]0;title\x07\x9b2J\u202e\nstate        stopped by its target: done",
        "running": True,
        "stopped_by": None,
        "reason": None,
        "lowered": {"told": "quarantined\x1b[2J\nstate        all well"},
        "waiting": None,
        "signatures": [],
        "reviewed_by": None,
        "rolled_back": None,
        "incumbent": None,
        "horizon": 1.0,
        "reliable_horizon": 1.0,
        "measured": {"horizon": 1.0},
        "generations": 1,
        "promotions": 0,
        "seconds": 1.0,
        "used": {"cpu_s": 1.0, "examples": 1, "tokens": 0, "usd": 0.0, "disk_bytes": 9},
        "ledger_head": "",
        "events": 1,
        "sandbox": "rlimits\x1b[2J\ngoal         all of it",
        "trusted": False,
    }
    lines = told_status(found, Path("lab")).splitlines()
    assert len(lines) == 10
    assert all(line.isprintable() for line in lines)
    assert lines[0].startswith(r"goal         Count\x1b]0;title\x07\x9b2J\u202e\nstate")


def test_what_was_not_measured_is_not_told_as_nothing(lab: Path, run: Run):
    with Ledger.open(lab / RECORD, settings={}, seed=1) as ledger:
        ledger.started()
    used = run("status", lab, "--json").lines[0]["used"]
    assert used == {"cpu_s": None, "examples": 0, "tokens": 0, "usd": 0, "disk_bytes": None}
    assert "CPU time was not measured" in run("status", lab).out


@pytest.mark.parametrize(
    "name", ["tiny.py", "successor.toml", ".successor/record.sqlite", ".successor/new", "pipe"]
)
def test_a_report_never_takes_the_place_of_another_file(lab: Path, run: Run, name: str):
    assert run("improve", lab, "--quiet").code == 0
    os.mkfifo(lab / "pipe")
    before = {path: path.read_bytes() for path in lab.rglob("*") if path.is_file()}
    found = run("report", lab, "-o", lab / name)
    assert (found.code, len(found.err.splitlines())) == (2, 1)
    assert {path: path.read_bytes() for path in lab.rglob("*") if path.is_file()} == before
    assert run("report", lab).code == run("report", lab).code == 0
