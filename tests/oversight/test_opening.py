"""A stop holds while a lab is opened, too: of one that is paused nothing runs at all."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.commands import change, make_lab, start
from oversight.test_stop import LIMIT_S, PATIENCE_S, gone_after, loaded, signalled, told, touched
from successor.cli import run_command
from successor.cli.improve import keeping_stop
from successor.errors import PausedError
from successor.lab import load, open_lab, run
from successor.ledger import Ledger, Paused
from successor.oversight import Watch
from successor.oversight.descendants import descendants
from successor.pausing import resume, stop

Way = Callable[[Path, subprocess.Popen[str]], float]
SLOW = """

def slow(settings, folder, goal):
    import os, subprocess
    Path(os.environ["OPENING"]).touch()
    if os.environ.get("WORK"):
        code = "import os, time; os.setsid(); os.fork(); time.sleep(600)"
        while True:
            try:
                subprocess.run(["python3", "-c", code])
            except BaseException:
                if os.environ["WORK"] == "gentle":
                    raise
    return subject(settings, folder, goal)
"""


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab whose subject leaves a trace when it is made."""
    lab = make_lab(tmp_path / "lab")
    with (lab / "tiny.py").open("a", encoding="utf-8") as file:
        file.write(SLOW)
    change(lab, '"tiny.py:subject"', '"tiny.py:slow"')
    monkeypatch.setenv("OPENING", str(tmp_path / "opened"))
    return lab


@pytest.fixture
def begun(lab: Path) -> Path:
    assert run_command(["improve", str(lab), "--quiet", "--generations", "1"]) == 0
    opened(lab).unlink()
    return lab


def opened(lab: Path) -> Path:
    return lab.parent / "opened"


def pauses(lab: Path) -> list[str]:
    with Ledger.read(lab / ".successor") as ledger:
        return [each.event.trigger for each in ledger.entries(Paused)]


@contextmanager
def opening(lab: Path, work: str) -> Generator[subprocess.Popen[str]]:
    """A run that is in the middle of making its subject."""
    child = start("improve", lab, WORK=work)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not opened(lab).exists() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5 * loaded())
        assert child.poll() is None, child.communicate()
        yield child
    finally:
        for each in descendants(child.pid):
            os.kill(each.number, signal.SIGKILL)
        child.kill()
        child.communicate()


@pytest.mark.parametrize("way", [touched, told, signalled])
@pytest.mark.parametrize("work", ["gentle", "stubborn"])
def test_a_stop_ends_what_opens_a_lab(begun: Path, way: Way, work: str) -> None:
    with opening(begun, work) as child:
        known = descendants(child.pid)
        assert len(known) > 1
        most = 2 * LIMIT_S * loaded()  # it may go on to tell that it is paused
        assert gone_after(child, known, way(begun, child)) < most
        _, words = child.communicate()
    assert child.returncode in (3, -signal.SIGKILL)
    assert "aused by" in words
    assert "resume" in words
    if child.returncode == 3 or way is told:
        assert len(pauses(begun)) == 1, "on record at once"
    (begun / "STOP").unlink(missing_ok=True)
    opened(begun).unlink()
    assert run_command(["improve", str(begun), "--quiet"]) == 3
    assert len(pauses(begun)) == 1
    assert not opened(begun).exists(), "nothing was made"


def test_a_stop_holds_before_anything_is_on_record(lab: Path) -> None:
    with opening(lab, "gentle") as child:
        child.send_signal(signal.SIGUSR1)
        child.communicate(timeout=PATIENCE_S)
    opened(lab).unlink()
    assert run_command(["improve", str(lab), "--quiet"]) == 3
    with pytest.raises(PausedError, match="SIGUSR1"):
        load(lab)
    assert not opened(lab).exists()
    assert not stop(lab, "more").recorded
    resume(lab, "ok")
    assert run_command(["improve", str(lab), "--quiet"]) == 0


def test_a_signal_that_comes_while_the_program_is_loaded_is_kept(tmp_path: Path) -> None:
    with keeping_stop():
        signal.raise_signal(signal.SIGUSR1)  # to this thread: others of the tests do not keep it
        found = Watch(tmp_path)
        with found.watching(None):
            assert found.pause is not None
    assert found.pause.trigger == "signal"


@pytest.mark.parametrize("how", ["on record", "asked for"])
def test_nothing_of_a_paused_lab_runs(
    begun: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if how == "on record":
        stop(begun, "it trades")
        (begun / "STOP").unlink()
    else:
        (begun / "STOP").write_text("it trades")
    assert run_command(["improve", str(begun)]) == 3
    told_now = capsys.readouterr().err
    assert "it trades. What was done is on record." in told_now
    assert "1 version, 0 promoted" in told_now
    assert run_command(["improve", str(begun), "--fresh"]) == 3
    with load(begun) as lab:
        assert lab.version is not None
        assert run(lab).base_case == "paused"
    assert len(pauses(begun)) == 1
    assert not opened(begun).exists()
    open_lab(begun, to_write=False).close()
    assert opened(begun).exists(), "whoever only looks has its parts"
