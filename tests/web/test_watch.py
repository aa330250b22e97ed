"""The same in the terminal, until the run ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from cli.commands import Run, change, start
from cli.terminal import Terminal
from cli.test_json_docs import documented
from successor.cli.watch_view import picture
from successor.showing.following import Sight
from successor.showing.now import now_of


def test_it_ends_at_once_where_nothing_runs(lab: Path, run: Run) -> None:
    assert "nothing is on record yet" in run("watch", lab).out
    assert run("improve", lab, "--quiet").code == 0
    shown = run("watch", lab)
    assert shown.code == 0
    assert "ended: by target" in shown.out
    assert "budget" not in shown.err


@pytest.mark.slow
def test_json_is_a_line_for_each_event_and_one_for_the_end(lab: Path) -> None:
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 15.0')
    improving = start("improve", lab, "--quiet")
    while not (lab / ".successor" / "head").exists():
        assert improving.poll() is None
    watching = start("watch", lab, "--json", "--every", "0.1")
    out, err = watching.communicate(timeout=120)
    improving.communicate(timeout=60)
    lines = [json.loads(line) for line in out.splitlines()]
    assert err == ""
    assert list(lines[-1]) == [*documented("What the lab is at")]
    assert [*lines[0]] == [*documented("`successor watch LAB --json`")]
    numbers = [line["event"] for line in lines[:-1]]
    assert numbers == [*range(numbers[0], lines[-1]["events"] + 1)]
    assert lines[-1]["state"] == "ended"


def test_what_a_record_says_does_not_steer_the_terminal(lab: Path, run: Run) -> None:
    assert run("improve", lab, "--quiet").code == 0
    now = now_of(Sight.of(lab), running=True)
    now["candidates"] = [{**now["incumbent"], "author": "\x1b]0;owned\x07", "outcome": None}]
    console = Console(record=True, width=100)
    console.print(picture(now))
    told = console.export_text()
    assert "\x1b" not in told
    assert "owned" in told


def test_q_ends_it_and_leaves_the_run_alone(lab: Path) -> None:
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 20.0')
    improving = start("improve", lab, "--quiet")
    while not (lab / ".successor" / "head").exists():
        assert improving.poll() is None
    terminal = Terminal("watch", lab)
    terminal.read_until("weakness")
    terminal.press("q")
    assert terminal.end() == 0
    assert improving.poll() is None
    improving.kill()
    improving.communicate(timeout=60)
