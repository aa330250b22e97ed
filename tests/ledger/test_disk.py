"""A full disk: a clear error, nothing lost, and the same end once there is room."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from disks import fill, mounted
from ledger.climber import climb, end_state
from successor.errors import SuccessorError
from successor.ledger import Ledger, audit
from successor.ledger.checkpoints import Checkpoint
from successor.types import Stop


def refusal_of(lab: Path) -> str | None:
    try:
        climb(lab)
    except SuccessorError as error:
        return str(error)
    return None


def test_a_run_on_a_full_disk_says_so_and_ends_alike_once_there_is_room(
    small_disk: Path, finished_run: Path
):
    lab = small_disk / ".successor"
    failures = 0
    while (refusal := refusal_of(lab)) is not None:
        assert "disk is full" in refusal
        assert "run the same command again" in refusal
        assert audit(lab).problem is None
        failures += 1
        assert mounted(small_disk, f"remount,size={1024 + 96 * failures}k")
    assert failures >= 5
    assert end_state(lab) == end_state(finished_run)


def stop_again_and_again(ledger: Ledger) -> None:
    for _ in range(10_000):
        ledger.stopped(Stop("goal", "x" * 500))


@pytest.mark.parametrize("room_bytes", [0, 4096, 16384, 40960])
def test_events_that_find_no_room_are_not_on_record_and_nothing_else_is_lost(
    small_disk: Path, room_bytes: int
):
    lab = small_disk / ".successor"
    with Ledger.open(lab, settings={}, seed=1) as ledger:
        ledger.started()
        ballast = fill(small_disk, room_bytes)
        with pytest.raises(SuccessorError, match="disk is full"):
            stop_again_and_again(ledger)
        size = ledger.head.size
        assert audit(lab).events == size
        ballast.unlink()
        ledger.stopped(Stop("goal", "there is room again"))
        assert ledger.head.size > size
    assert audit(lab).problem is None


@pytest.mark.parametrize("room_bytes", [0, 4096, 40960])
def test_a_lab_that_begins_on_a_full_disk_says_so(small_disk: Path, room_bytes: int):
    ballast = fill(small_disk, room_bytes)
    lab = small_disk / ".successor"
    with pytest.raises(SuccessorError, match="disk is full"):
        climb(lab)
    ballast.unlink()
    with Ledger.open(lab, settings={}, seed=7) as ledger:
        ledger.started()
    assert audit(lab).problem is None


def test_a_checkpoint_that_finds_no_room_leaves_the_former_one(small_disk: Path):
    checkpoint = Checkpoint(small_disk / "0-written-0")
    checkpoint.write(b"former" * 1000)
    fill(small_disk, 4096)
    with pytest.raises(SuccessorError, match="disk is full"):
        checkpoint.write(b"latter" * 100_000)
    assert checkpoint.read() == b"former" * 1000
    assert sorted(path.name for path in small_disk.iterdir()) == ["0-written-0", "ballast"]


def test_a_file_that_may_not_grow_counts_as_a_full_disk(tmp_path: Path, finished_run: Path):
    """The same without a privilege: a limit on the size of files."""
    lab = tmp_path / ".successor"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(SuccessorError, match="disk is full"):
            climb(lab)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    climb(lab)
    assert end_state(lab) == end_state(finished_run)
