"""The live picture, drawn from a scene that no clock runs in."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from cli.commands import change
from successor.cli.audience import Lines, told_step
from successor.cli.view import Bar, Scene, View, log_share
from successor.showing.figures import duration, number
from successor.showing.generation import Generation

HASH = "3f2a91c7" * 8


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def row(index: int, horizon: float | None, decision: str = "promoted") -> Generation:
    e_value = None if decision == "first" else 300.0
    told = {} if horizon is None else {"horizon": horizon, "reliable_horizon": horizon}
    return Generation(
        index, HASH, None, horizon, horizon, told, e_value, e_value, decision, "", 12.0
    )


@pytest.fixture
def scene() -> Scene:
    clock = Clock()
    made = Scene("Add numbers of any length", ("reliable_horizon", 64), 300.0, clock=clock)
    for index, decision in enumerate(("first", "promoted", "rejected")):
        made.generation_ended(row(index, 4.0 * 2**index, decision))
    made.number = 3
    made.progress("training", 0, 900, {})
    clock.now = 20.0
    made.progress("training", 300, 900, {"loss": 0.0213, "label_yield": 0.98})
    return made


def drawn(scene: Scene, width: int = 100, **options: object) -> str:
    console = Console(file=io.StringIO(), width=width, **options)  # pyright: ignore - any of them
    console.print(View(scene))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_it_shows_all_that_a_person_wants_to_know(scene: Scene):
    picture = drawn(scene)
    for told in (
        "Add numbers of any length",
        "until reliable horizon 64",
        "20s of 5m 00s",
        "300 / 300",
        "promoted",
        "rejected",
        "generation 3  training",
        "33%",
        "40s left",
        "loss 0.0213",
        "label yield 0.98",
    ):
        assert told in picture


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_it_keeps_to_the_width_of_the_terminal(scene: Scene, width: int):
    assert max(len(line) for line in drawn(scene, width).splitlines()) <= width


def test_bars_grow_with_the_logarithm_of_the_horizon(scene: Scene):
    lengths = [line.count("█") for line in drawn(scene).splitlines() if HASH[:8] in line]
    first, second, third = lengths
    assert first < second < third
    assert abs((second - first) - (third - second)) <= 1


def test_colours_only_where_they_are_wanted(scene: Scene):
    assert "\x1b[" in drawn(scene, force_terminal=True)
    assert "\x1b[3" not in drawn(scene, force_terminal=True, no_color=True)
    assert "\x1b" not in drawn(scene)


def test_it_falls_back_to_ascii(scene: Scene):
    text = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    console = Console(file=text, width=100)
    console.print(View(scene))
    text.flush()
    assert b"###" in text.buffer.getvalue()  # pyright: ignore - a BytesIO


def test_a_new_stage_starts_its_own_estimate(scene: Scene):
    scene.progress("judging", 16, 64, {})
    assert scene.step is not None
    assert scene.step.left_s(30.0) is None


def test_no_step_takes_longer_than_the_wall_clock_leaves(scene: Scene):
    assert scene.step is not None
    assert scene.left_s(scene.step) == pytest.approx(40.0)
    scene.budget_s = 30.0
    assert scene.left_s(scene.step) == pytest.approx(10.0)


def test_what_nobody_knows_the_end_of_has_no_share_and_no_time_left(scene: Scene):
    scene.progress("examining", 64, 0, {"right": 0.5})
    scene.progress("examining", 96, 0, {"right": 0.25})
    assert scene.step is not None
    assert told_step(scene.step, scene.left_s(scene.step)) == "examining, right 0.25"
    shown = next(line for line in drawn(scene).splitlines() if "examining" in line)
    assert "%" not in shown
    assert "left" not in shown


def test_only_the_last_generations_are_shown(scene: Scene):
    for index in range(3, 40):
        scene.generation_ended(row(index, 64.0))
    picture = drawn(scene)
    assert re.search(r"^ +39 ", picture, flags=re.MULTILINE)
    assert not re.search(r"^ +2 ", picture, flags=re.MULTILINE)


def test_a_version_without_a_horizon_has_a_dash_and_no_bar():
    scene = Scene("g", None, None)
    scene.generation_ended(row(0, None, "first"))
    picture = drawn(scene)
    assert "█" not in picture
    assert "-" in picture


def test_plain_lines_come_now_and_then(scene: Scene, capsys: pytest.CaptureFixture[str]):
    clock = Clock()
    lines = Lines(clock)
    for second in range(60):
        clock.now = float(second)
        scene.progress("training", 300 + second, 900, {})
        lines.progress(scene)
    told = capsys.readouterr().err.splitlines()
    assert 5 <= len(told) <= 7
    assert told[0].startswith("generation 3: training 33%")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0s"), (59.4, "59s"), (125, "2m 05s"), (4320, "1h 12m")]
)
def test_durations_are_short(seconds: float, text: str):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (64.0, "64"), (1024.4, "1,024"), (0.02134, "0.0213"), (3.2e8, "3e+08")],
)
def test_numbers_are_short(value: float | None, text: str):
    assert number(value) == text


def test_a_bar_is_never_longer_than_its_room():
    assert log_share(1e9, 64) == 1.0
    assert log_share(0.0, 64) == 0.0
    console = Console(file=io.StringIO(), width=10)
    console.print(Bar(1.0, ""))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == "█" * 10 + "\n"


def seen_at_a_terminal(lab: Path, **environment: str) -> str:
    """What `successor improve` writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "successor", "improve", str(lab)],
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "COLUMNS": "90", "LINES": "30", "TERM": "xterm", **environment},
    )
    os.close(theirs)
    seen = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            seen += os.read(ours, 65536)
        except OSError:
            break
    os.close(ours)
    assert process.wait() == 0
    return seen.decode()


def test_at_a_terminal_it_is_a_live_picture(lab: Path):
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 0.5')
    seen = seen_at_a_terminal(lab)
    assert "\x1b[?25l" in seen
    assert seen.rstrip().endswith("\x1b[?25h") or "\x1b[?25h" in seen
    assert "e-value / needed" in seen
    assert "training" in seen
    assert "Stopped by its target" in seen


def test_a_dumb_terminal_gets_plain_lines(lab: Path):
    seen = seen_at_a_terminal(lab, TERM="dumb")
    assert "\x1b" not in seen
    assert "generation 2: promoted" in seen


def test_no_color_is_respected(lab: Path):
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", seen_at_a_terminal(lab, NO_COLOR="1"))
