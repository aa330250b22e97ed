from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor.errors import Halt, RecordError
from successor.ledger import Ledger
from successor.ledger.checkpoints import Checkpoint
from successor.ledger.objects import ObjectStore
from successor.ledger.workspace import StepWorkspace
from successor.types import Stop


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    for name in ("objects", "work"):
        (tmp_path / name).mkdir()
    return ObjectStore(tmp_path / "objects", tmp_path / "work")


def test_an_object_is_found_under_what_it_is(store: ObjectStore, tmp_path: Path):
    digest = store.write(b"weights")
    assert digest == sha256(b"weights").hexdigest()
    assert store.read(digest) == b"weights"
    assert (tmp_path / "objects" / digest[:2] / digest[2:]).read_bytes() == b"weights"
    assert digest in store
    assert "0" * 64 not in store


def test_an_object_is_written_once(store: ObjectStore, tmp_path: Path):
    digest = store.write(b"weights")
    path = tmp_path / "objects" / digest[:2] / digest[2:]
    before = path.stat()
    store.write(b"weights")
    assert path.stat() == before


def test_writing_a_damaged_object_anew_mends_it(store: ObjectStore, tmp_path: Path):
    digest = store.write(b"weights")
    (tmp_path / "objects" / digest[:2] / digest[2:]).write_bytes(b"weightz")
    with pytest.raises(RecordError, match=f"object {digest} is damaged"):
        store.read(digest)
    store.write(b"weights")
    assert store.read(digest) == b"weights"


def test_a_missing_object_is_named(store: ObjectStore):
    with pytest.raises(RecordError, match=f"object {'0' * 64} is missing"):
        store.read("0" * 64)


@given(state=st.binary(max_size=200), data=st.data())
def test_a_torn_or_damaged_checkpoint_counts_as_none(
    tmp_path_factory: pytest.TempPathFactory, state: bytes, data: st.DataObject
):
    path = tmp_path_factory.mktemp("checkpoint") / "1-written-0"
    checkpoint = Checkpoint(path)
    assert checkpoint.read() is None
    checkpoint.write(state)
    assert checkpoint.read() == state
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:cut])
    assert checkpoint.read() is None
    path.write_bytes(whole[:cut] + bytes([whole[cut] ^ 4]) + whole[cut + 1 :])
    assert checkpoint.read() is None
    checkpoint.drop()
    checkpoint.drop()
    assert not path.exists()


WORKER = """
import os, sys, time
from pathlib import Path
from successor.ledger import Ledger
ledger = Ledger.open(Path(sys.argv[1]), settings={}, seed=1)
ledger.started()
if os.fork() == 0:
    os.close(1)
    time.sleep(30)
    os._exit(0)
print("ready", flush=True)
time.sleep(30)
"""


def test_a_worker_that_outlives_a_killed_run_does_not_keep_its_lock(tmp_path: Path):
    folder = tmp_path / ".successor"
    command = [sys.executable, "-W", "ignore", "-c", WORKER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            process.kill()
            process.wait()
            started = time.monotonic()
            Ledger.open(folder, settings={}, seed=1).close()
            assert time.monotonic() - started < 5
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_who_goes_on_without_room_writes_one_object_more_at_most(tmp_path: Path):
    """As an author that swallows every exception."""
    for folder in ("objects", "work"):
        (tmp_path / folder).mkdir()
    store = ObjectStore(tmp_path / "objects", tmp_path / "work")
    checkpoint = Checkpoint(tmp_path / "work" / "0-written-0")
    full = Stop("disk", "there is no more")
    step = StepWorkspace(store, checkpoint, lambda _: None, lambda: None, lambda: full)
    for number in range(20):
        with pytest.raises(Halt):
            step.write(b"object %d" % number)
        with pytest.raises(Halt):
            step.checkpoint(b"state %d" % number)
    written = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert len(written) == 1
