"""A human decides: at a terminal by one key, anywhere else later."""

from __future__ import annotations

import os
import signal
import stat
import termios
from pathlib import Path

import pytest

from cli.commands import Run, change
from cli.terminal import Terminal
from cli.test_json_docs import assert_fits, documented
from successor.cli.asking import QUESTION
from successor.ledger import Ledger, Reviewed, audit

SEEN = QUESTION[-20:]


@pytest.fixture
def suggesting(lab: Path) -> Path:
    change(lab, "[lab]", "[lab]\nstage = 2")
    return lab


def reviews(lab: Path) -> list[Reviewed]:
    with Ledger.read(lab / ".successor") as ledger:
        return [entry.event for entry in ledger.entries(Reviewed)]


def ability(lab: Path) -> bytes:
    with Ledger.read(lab / ".successor") as ledger:
        incumbent = ledger.incumbent()
        assert incumbent
        return ledger.object(incumbent.files["ability"])


def editor(folder: Path, script: str) -> str:
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_away_from_a_terminal_nothing_is_asked_and_it_waits(suggesting: Path, run: Run):
    found = run("improve", suggesting, "--json")
    assert found.code == 3
    assert [line.get("generation") for line in found.lines] == [0, None]
    assert found.lines[-1]["stopped_by"] == "review"
    assert_fits(found.lines[-1], documented("The last line"))
    assert f"successor review {suggesting}" in found.err
    assert QUESTION not in found.err
    (status,) = run("status", suggesting, "--json").lines
    assert (status["waiting"], status["needs_human"]) == (found.lines[-1]["waiting"], True)
    told = run("status", suggesting).out
    assert f"waits for a human: successor review {suggesting}" in told


def test_stage_is_an_option_and_no_other_experiment(lab: Path, run: Run):
    assert run("improve", lab, "--stage", "3").code == 3
    assert run("improve", lab, "--stage", "5").code == 2
    assert run("improve", lab, "--stage", "4").code == 0
    assert ability(lab) == b"16"


def test_review_shows_and_decides_once(suggesting: Path, run: Run):
    run("improve", suggesting, "--quiet")
    shown = run("review", suggesting)
    assert shown.code == 3
    assert "-4\n+8\n" in shown.out
    assert "e-value" in shown.out
    assert "doubler" in shown.out
    schema = documented("`successor review TARGET --json`")
    waits = run("review", suggesting, "--json")
    assert_fits(waits.lines[0], schema)
    assert waits.lines[0]["decision"] == "waiting"
    assert run("review", suggesting, "0000", "--accept").code == 2
    assert run("review", suggesting, "--accept", "--reject").code == 2
    taken = run("review", suggesting, "--accept", "--reason", "by the numbers", "--json")
    assert taken.code == 0
    assert_fits(taken.lines[0], schema)
    assert taken.lines[0]["decision"] == "promoted"
    assert "by the numbers" in taken.lines[0]["reason"]
    again = run("review", suggesting, "--accept")
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert_fits(run("review", suggesting, "--json").lines[0], schema)
    assert run("review", suggesting).code == 0
    assert "decided on by" in run("status", suggesting).out
    assert ability(suggesting) == b"8"


def test_review_rejects_the_one_that_is_meant(suggesting: Path, run: Run):
    run("improve", suggesting, "--quiet")
    (status,) = run("status", suggesting, "--json").lines
    found = run("review", suggesting, status["waiting"][:10], "--reject")
    assert (found.code, "was rejected" in found.out) == (0, True)
    assert ability(suggesting) == b"4"


@pytest.mark.parametrize("verb", [["--accept"], ["--reject"], []])
def test_without_a_record_there_is_nothing_to_review(suggesting: Path, run: Run, verb: list[str]):
    found = run("review", suggesting, *verb)
    assert (found.code, found.err.count("\n")) == (2, 1)


def test_one_key_accepts_and_the_run_goes_on(suggesting: Path):
    change(suggesting, "=16", "=8")
    seat = Terminal("improve", suggesting)
    shown = seat.read_until(SEEN)
    assert "+8" in shown
    assert "Verdict" in shown
    seat.press("a")
    assert seat.end() == 0
    assert "Stopped by its target" in seat.shown
    (made,) = reviews(suggesting)
    assert (made.choice, made.explained) == ("accept", False)
    assert made.seconds
    assert made.seconds > 0.2
    with Ledger.read(suggesting / ".successor") as ledger:
        assert made.shown
        assert b"+8" in ledger.object(made.shown)
        assert ledger.decisions()[-1].by == made.by


def test_explain_tells_more_accept_goes_on_and_quit_leaves_it_waiting(suggesting: Path, run: Run):
    seat = Terminal("improve", suggesting)
    seat.read_until(SEEN)
    seat.press("x")
    more = seat.read_until(SEEN)
    assert "Evidence as it grew" in more
    assert "Tried before" in more
    assert "nothing" in more
    seat.press("a")
    seat.read_until(SEEN)
    seat.press("x")
    assert "accepted by" in seat.read_until(SEEN)
    seat.press("q")
    assert seat.end() == 3
    assert "It waits." in seat.shown
    assert [(made.choice, made.explained) for made in reviews(suggesting)] == [
        ("accept", True),
        ("later", True),
    ]
    assert run("review", suggesting, "--accept").code == 0


def test_keys_that_are_none_and_keys_typed_ahead_answer_nothing(suggesting: Path):
    seat = Terminal("improve", suggesting)
    os.write(seat._mine, b"aaaa")
    seat.read_until(SEEN)
    for keys in ("A", "y", "\r", "aa", "\x1b[A", "é"):
        seat.press(keys)
        seat.read_until(SEEN)
    assert ability(suggesting) == b"4"
    assert reviews(suggesting) == []
    seat.press("\x03")
    assert seat.end() == 130
    assert reviews(suggesting) == []


def test_a_kill_at_the_question_leaves_it_waiting(suggesting: Path, run: Run):
    seat = Terminal("improve", suggesting)
    seat.read_until(SEEN)
    seat.process.send_signal(signal.SIGKILL)
    seat.end()
    assert audit(suggesting / ".successor").problem is None
    assert run("review", suggesting, "--accept").code == 0
    assert ability(suggesting) == b"8"


def test_nobody_else_decides_while_somebody_is_asked(suggesting: Path, run: Run):
    seat = Terminal("improve", suggesting)
    seat.read_until(SEEN)
    assert run("review", suggesting, "--accept").code == 2
    seat.press("q")
    assert seat.end() == 3


def test_an_edit_is_examined_and_judged_before_it_is_proposed(suggesting: Path, tmp_path: Path):
    change(suggesting, "=16", "=32")
    seat = Terminal("improve", suggesting, EDITOR=editor(tmp_path, 'printf 16 > "$1"'))
    seat.read_until(SEEN)
    seat.press("e")
    shown = seat.read_until(SEEN)
    assert "+16" in shown
    assert "human" in shown
    seat.press("a")
    seat.read_until(SEEN)
    assert ability(suggesting) == b"16"
    seat.press("q")
    assert seat.end() == 3
    assert [made.choice for made in reviews(suggesting)] == ["edit", "accept", "later"]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("true", "Nothing was changed."),
        ("exit 7", "Editing failed"),
        ('printf 4 > "$1"', "the version that is in charge"),
        ('printf "\\377" > "$1"', "Not taken"),
        ('rm "$1"', "Not taken"),
    ],
)
def test_an_edit_that_comes_to_nothing_asks_again(
    suggesting: Path, tmp_path: Path, script: str, told: str
):
    seat = Terminal("improve", suggesting, EDITOR=editor(tmp_path, script))
    seat.read_until(SEEN)
    seat.press("e")
    assert told in seat.read_until(SEEN)
    seat.press("q")
    assert seat.end() == 3


def test_review_asks_at_a_terminal_and_stage_3_does_not(lab: Path):
    seat = Terminal("improve", lab, "--stage", "3")
    assert seat.end() == 3
    assert "[a]ccept" not in seat.shown
    seat = Terminal("review", lab)
    seat.read_until(SEEN)
    seat.press("a")
    assert seat.end() == 0
    assert ability(lab) == b"8"


def test_names_of_files_lead_nowhere(suggesting: Path, tmp_path: Path):
    """An author names files: one such as ../x is edited all the same, in a folder of its own."""
    tiny = (suggesting / "tiny.py").read_text(encoding="utf-8")
    hostile = tiny.replace('"ability": workspace', '"../../escaped": workspace')
    hostile = hostile.replace('files["ability"]', 'files["../../escaped"]')
    (suggesting / "tiny.py").write_text(hostile, encoding="utf-8")
    home = tmp_path / "a" / "b" / "c"
    home.mkdir(parents=True)
    script = editor(tmp_path, 'echo "$1" > "$OUT"; printf 16 > "$1"')
    out = tmp_path / "edited"
    seat = Terminal("improve", suggesting, EDITOR=script, OUT=str(out), TMPDIR=str(home))
    seat.read_until(SEEN)
    seat.press("e")
    seat.read_until(SEEN)
    seat.press("q")
    assert seat.end() == 3
    assert Path(out.read_text(encoding="utf-8").strip()).parent.parent == home
    assert not list(tmp_path.rglob("*escaped*"))


def test_what_is_rejected_is_not_proposed_again(suggesting: Path):
    seat = Terminal("improve", suggesting)
    seat.read_until(SEEN)
    seat.press("r")
    assert seat.end() == 0
    assert "Stopped by its generations" in seat.shown
    assert [made.choice for made in reviews(suggesting)] == ["reject"]
    assert ability(suggesting) == b"4"


@pytest.mark.parametrize("by", ["command", "file", "signal"])
def test_a_stop_ends_the_question_and_leaves_the_terminal_as_it_was(
    suggesting: Path, run: Run, by: str
):
    seat = Terminal("improve", suggesting)
    seat.read_until(SEEN)
    if by == "file":
        (suggesting / "STOP").write_text("odd", encoding="utf-8")
    elif by == "signal":
        seat.process.send_signal(signal.SIGUSR1)
    else:
        (stopped,) = run("stop", suggesting, "--reason", "odd", "--json").lines
        assert (stopped["killed"], stopped["seconds"] < 1.5) == (False, True)
    code, modes = seat.end(), seat.modes
    assert code == 3
    assert ("SIGUSR1" if by == "signal" else "odd") in seat.shown
    assert f"successor resume {suggesting}" in seat.shown
    assert modes[1] & termios.OPOST
    assert modes[3] & termios.ICANON
    assert modes[3] & termios.ECHO
    with Ledger.read(suggesting / ".successor") as ledger:
        assert ledger.paused
        assert ledger.waiting()
    assert reviews(suggesting) == []
