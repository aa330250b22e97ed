"""However it is stopped, and whatever it does: after a second nothing of it is alive."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cli.commands import LAB, make_lab, start
from llm.server import hangs, serving
from oversight.working import BEGUN, WORK
from successor.cli import run_command
from successor.ledger import Ledger, Paused
from successor.ledger.disk import WriterLock, writers
from successor.oversight import watch
from successor.oversight.descendants import Process, descendants, is_alive
from successor.pausing import stop

LIMIT_S = 1.0
"""On a machine that has a core for it."""
PATIENCE_S = 240.0
SETTLED_S = 1.0
WORKING = Path(__file__).with_name("working.py")


# Each says when the stop was asked for.


def touched(lab: Path, _: subprocess.Popen[str]) -> float:
    began = time.monotonic()
    (lab / "STOP").touch()
    return began


def told(lab: Path, _: subprocess.Popen[str]) -> float:
    began = time.monotonic()
    stop(lab, "it trades")
    return began


def signalled(_: Path, child: subprocess.Popen[str]) -> float:
    began = time.monotonic()
    child.send_signal(signal.SIGUSR1)
    return began


def forsaken(lab: Path, _: subprocess.Popen[str]) -> float:
    """The timer of this lab runs out, as its last sign of life is longer ago than it may be."""
    deadline = time.monotonic() + PATIENCE_S
    while not (lab / ".successor" / "stop").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    return time.monotonic()


WAYS: dict[str, Callable[[Path, subprocess.Popen[str]], float]] = {
    "file": touched,
    "command": told,
    "signal": signalled,
    "timer": forsaken,
}
CASES = [
    pytest.param(
        way,
        work,
        marks=[] if way == "file" or work == "candidate" else [pytest.mark.slow],
        id=f"{way}-{work}",
    )
    for way in WAYS
    for work in WORK
]


@pytest.fixture
def url() -> Generator[str]:
    with serving() as server:
        server.play(hangs)
        yield server.url


@pytest.mark.parametrize(("way", "work"), CASES)
def test_after_a_second_nothing_is_alive(
    tmp_path: Path, url: str, way: str, work: str, record_property: Callable[[str, object], None]
) -> None:
    lab = lab_of(tmp_path / "lab", work, url)
    if way == "timer":
        # Longer than it takes to get to work, so that it is stopped in the middle of that.
        (lab / "policy.toml").write_text(f'dead_man = "{min(60, 10 * loaded()):.0f}s"\n', "utf-8")
    with working(lab) as child:
        known = descendants(child.pid)
        took = gone_after(child, known, WAYS[way](lab, child))
    assert not begun(), "what it began while it was ended"
    record_property("seconds", round(took, 3))
    most = LIMIT_S * loaded()
    print(f"{way} {work}: {took:.3f}s, allowed {most:.1f}s")  # noqa: T201 - what was measured
    assert took <= most
    with Ledger.read(lab / ".successor") as ledger:
        on_record = [each.event.trigger for each in ledger.entries(Paused)]
    assert on_record in ([], [way])  # a run that had to be killed could not put it there
    assert run_command(["improve", str(lab), "--quiet"]) == 3
    with Ledger.read(lab / ".successor") as ledger:
        assert [each.event.trigger for each in ledger.entries(Paused)] == [way]


def test_the_command_kills_a_run_that_cannot_look(tmp_path: Path) -> None:
    lab = lab_of(tmp_path / "lab", "starving")
    with working(lab) as child:
        time.sleep(2 * SETTLED_S * loaded())  # until it starves the thread that looks
        (lab / ".successor/lock").write_text("1\n")  # whatever it says: the kernel is asked
        known = descendants(child.pid)
        assert len(known) > 2
        found = stop(lab, "it hogs")
        assert found.killed == (child.pid,)
        assert found.recorded
        assert gone_after(child, known, time.monotonic()) < LIMIT_S * loaded()
        assert child.wait() == -signal.SIGKILL
    with Ledger.read(lab / ".successor") as ledger:
        assert [each.event.reason for each in ledger.entries(Paused)] == ["it hogs"]
    assert run_command(["improve", str(lab), "--quiet"]) == 3


def test_a_run_that_cannot_look_is_ended_by_the_kernel(tmp_path: Path) -> None:
    lab = lab_of(tmp_path / "lab", "starving_for_long")
    flag = lab / "working"
    child = start("improve", lab, "--quiet", WORKING=str(flag))
    try:
        assert child.wait(PATIENCE_S) == -signal.SIGPROF, child.communicate()
        told = flag.with_name("working-beside").read_text("ascii").split()
        beside = {Process(*map(int, each.split(":"))) for each in told}
        assert beside, "a sandbox is at work"
        assert gone_after(child, beside, time.monotonic()) < LIMIT_S * loaded()
    finally:
        child.kill()
        child.communicate()
    with Ledger.read(lab / ".successor") as ledger:  # it survives that
        assert not ledger.entries(Paused)


def test_the_switch_is_wound_up_at_each_look_and_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "STARVED_S", 500.0)
    with watch.Watch(tmp_path).watching(None):
        signal.setitimer(signal.ITIMER_PROF, 50.0)
        deadline = time.monotonic() + PATIENCE_S
        while signal.getitimer(signal.ITIMER_PROF)[0] < 400 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 400
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0
    signal.setitimer(signal.ITIMER_PROF, 300.0)
    try:
        with watch.Watch(tmp_path).watching(None):
            time.sleep(5 * watch.LOOK_S)
        assert 0 < signal.getitimer(signal.ITIMER_PROF)[0] < 301, "it is somebody else's"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def test_nothing_but_a_writer_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert writers(lock) == set()
    mine = WriterLock(lock)
    assert writers(lock) == set(), "a process does not find itself"
    mine.release()
    code = "import fcntl, sys, time; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_SH)"
    code += "; print(flush=True); time.sleep(600)"
    command = [sys.executable, "-c", code, str(lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        assert writers(lock) == set()
        reader.kill()


def lab_of(folder: Path, work: str, url: str = "") -> Path:
    lab = make_lab(folder, LAB.replace("tiny.py:author", "working.py:author"))
    text = (lab / "successor.toml").read_text("utf-8")
    told = f'working.py:author"\nwork = "{work}"\nurl = "{url}"'
    (lab / "successor.toml").write_text(text.replace('working.py:author"', told), "utf-8")
    shutil.copy(WORKING, lab / "working.py")
    return lab


def begun() -> list[int]:
    """Processes of the work `beginning` that are alive."""
    found = list[int]()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if path.read_bytes().split(b"\0")[1:2] == [BEGUN.encode()]:
                found.append(int(path.parent.name))
    return found


@contextmanager
def working(lab: Path) -> Generator[subprocess.Popen[str]]:
    """A run of the lab in the middle of its work; killed at the end, if it still lives."""
    flag = lab / "working"
    child = start("improve", lab, "--quiet", WORKING=str(flag))
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not flag.exists() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert child.poll() is None, child.communicate()
        time.sleep(SETTLED_S * loaded())
        yield child
    finally:
        for each in descendants(child.pid):
            os.kill(each.number, signal.SIGKILL)
        child.kill()
        child.communicate()


def gone_after(child: subprocess.Popen[str], known: set[Process], began: float) -> float:
    """Seconds until the child and all that came of it, known or not, are gone."""
    while time.monotonic() < began + PATIENCE_S:
        known |= descendants(child.pid)
        if child.poll() is not None and not any(map(is_alive, known)):
            break
        time.sleep(0.005)
    return time.monotonic() - began


def loaded() -> float:
    """How many times longer than alone work takes on this machine now, at least 1."""
    wall, used = time.monotonic(), time.process_time()
    while time.process_time() < used + 0.05:
        pass
    return max(1.0, (time.monotonic() - wall) / 0.05)
