"""A full disk, as the command line meets it: one line, and everything is where it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import Run, make_lab
from disks import fill, mounted
from successor.ledger import audit


@pytest.fixture
def lab(small_disk: Path, run: Run) -> Path:
    """A lab that ran, on a disk that is small."""
    lab = make_lab(small_disk / "lab")
    assert run("improve", lab, "--quiet").code == 0
    return lab


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts)
    return {str(path): path.read_bytes() for path in found if path.is_file()}


@pytest.mark.parametrize("room_bytes", [0, 4096, 65536])
def test_fresh_on_a_full_disk_leaves_the_record_in_its_place(
    lab: Path, run: Run, small_disk: Path, room_bytes: int
):
    before = contents(lab)
    fill(small_disk, room_bytes)
    found = run("improve", lab, "--fresh")
    assert (found.code, found.out) == (1, "")
    (line,) = found.err.splitlines()
    assert "The disk is full" in line
    assert str(lab) in line
    assert contents(lab) == before
    assert audit(lab / ".successor").problem is None
    assert mounted(small_disk, "remount,size=4m")
    assert run("improve", lab, "--fresh", "--quiet").code == 0
    assert audit(lab / ".successor-1").problem is None
    assert audit(lab / ".successor").problem is None


def test_a_report_that_finds_no_room_leaves_nothing(lab: Path, run: Run, small_disk: Path):
    before = contents(lab)
    fill(small_disk, 65536)
    found = run("report", lab)
    assert (found.code, found.out) == (1, "")
    assert "cannot write the report: No space left" in found.err
    assert contents(lab) == before


def test_before_a_function_has_a_lab_the_file_is_named(run: Run, small_disk: Path):
    path = small_disk / "f.py"
    path.write_text("def f(x: int):\n    return x\n", encoding="utf-8")
    fill(small_disk, 0)
    found = run("improve", f"{path}:f")
    assert (found.code, found.out) == (1, "")
    place = small_disk / ".successor-labs" / "f.f" / "f.py"
    assert found.err == f"successor: {place}: No space left on device\n"
