"""A lab whose exams are taken elsewhere comes to what it comes to here."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from compute.labs import climbing, lineage, verdicts
from successor.elsewhere import Elsewhere, examined_by
from successor.errors import SuccessorError, UsageError
from successor.lab import open_lab, run
from successor.ledger import audit

LOCAL = {"compute": {"kind": "local", "workers": 2}}


def test_the_same_lineage_and_verdicts_with_two_workers(tmp_path: Path):
    here, there = climbing(tmp_path / "here"), climbing(tmp_path / "there")
    with open_lab(here) as lab:
        run(lab)
    with open_lab(there, LOCAL) as lab:
        run(lab)
    assert lineage(there) == lineage(here)
    assert len(lineage(here)) > 2
    assert verdicts(there) == verdicts(here)
    assert audit(there / ".successor").problem is None


def test_the_same_lineage_when_a_worker_is_killed_in_the_middle(tmp_path: Path):
    here = climbing(tmp_path / "here", 0.001, 3)
    there = climbing(tmp_path / "there", 0.001, 3)
    with open_lab(here) as lab:
        run(lab)
    with open_lab(there, LOCAL) as lab:
        elsewhere = lab.parts.subject
        assert isinstance(elsewhere, Elsewhere)
        killer = threading.Thread(target=kill_one, args=(elsewhere,))
        killer.start()
        run(lab)
        killer.join()
        assert elsewhere.pool.lost == 1
    assert lineage(there) == lineage(here)
    assert verdicts(there) == verdicts(here)


def kill_one(elsewhere: Elsewhere) -> None:
    """A worker that is at an item."""
    deadline = time.monotonic() + 300
    while not elsewhere.pool.busy and time.monotonic() < deadline:
        time.sleep(0.005)
    ours = ["pgrep", "-P", str(os.getpid()), "-f", "successor.compute.serve"]
    found = subprocess.run(ours, capture_output=True, text=True, check=True).stdout.split()
    os.kill(int(found[0]), signal.SIGKILL)


def test_a_worker_with_another_kernel_is_not_believed(tmp_path: Path):
    folder = climbing(tmp_path / "lab")
    with open_lab(folder, LOCAL) as lab:
        assert isinstance(lab.parts.subject, Elsewhere)
        lab.parts.subject._kernel = "0" * 64
        with pytest.raises(SuccessorError, match="runs another release"):
            run(lab)


def test_what_is_timed_stays_here(tmp_path: Path):
    (tmp_path / "add.py").write_text("def add(a, b):\n    return a + b\n")
    told = '[lab]\ngoal = "faster"\n[subject]\nkind = "program"\ntarget = "add.py:add"\n'
    told += '[author]\nkind = "rewrite"\n[judge]\nkind = "race"\n[base_cases]\ngenerations = 1\n'
    (tmp_path / "successor.toml").write_text(told)
    with pytest.raises(UsageError, match="side by side"):
        open_lab(tmp_path, LOCAL)


def test_workers_without_a_place_are_refused(tmp_path: Path):
    with pytest.raises(UsageError, match=r"workers = 2: name a kind"):
        open_lab(climbing(tmp_path / "lab"), {"compute": {"workers": 2}})


def test_here_nothing_changes(tmp_path: Path):
    with open_lab(climbing(tmp_path / "lab")) as lab:
        asked = lab.settings
        subject, judge = lab.parts.subject, lab.parts.judge
        assert examined_by(asked, tmp_path, subject, judge, unsafe=False) == (subject, judge)
