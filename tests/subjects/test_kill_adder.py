"""A run of the real adder may be killed at any instant, inside its checkpoints too."""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from successor.lab import open_lab, run
from successor.ledger import Decided, Ledger, audit
from successor.subjects.transformer import saving
from successor.types import Decision, Digest, Verdict, Version

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

KILLS, AIMED = 200, 4
"""Every fourth is aimed at a write."""
LAB = """\
[lab]
goal = "Add numbers of any length"
[subject]
kind = "model/adder"
labelled = 2
width = 32
heads = 4
steps = 500
decay = 100
learning_rate = 4e-3
batch_tokens = 512
exam_items = 64
largest = 12
threads = 1
[author]
kind = "training"
steps = 45
lessons = 6
[base_cases]
target = "reliable_horizon=12"
confirm = 100
generations = 5
"""


@dataclass(frozen=True)
class End:
    """All that a run leaves, but for the times and the sessions."""

    lineage: tuple[Version, ...]
    generations: tuple[Digest | None, ...]
    decisions: tuple[Decision, ...]
    verdicts: tuple[Verdict, ...]


def improve(folder: Path) -> None:
    saving.SAVE_EVERY_S = 0.01
    with open_lab(folder) as lab:
        run(lab)


def start(folder: Path) -> int:
    """A child that improves the lab; forked, so that it need not import torch again."""
    with warnings.catch_warnings():
        # The threads that fork is warned of are those of the matrix library, at rest.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    try:
        gc.disable()
        improve(folder)
        os._exit(0)
    finally:
        os._exit(1)


def writing(work: Path) -> bool:
    """Whether a checkpoint or an object is being written there."""
    return any(work.glob("incoming-*"))


def finished(child: int, patience_s: float, work: Path | None = None) -> bool:
    """Let the child work so long, then kill it: whether it had come to its end.

    Given a folder, it is killed at the next write there: of random instants few fall into one.
    """
    deadline = time.monotonic() + patience_s
    while (early := time.monotonic() < deadline) or (work and not writing(work)):
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            assert os.WIFEXITED(status), "the child died by itself"
            assert os.WEXITSTATUS(status) == 0, "the child failed"
            return True
        if early:
            time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def make(folder: Path) -> Path:
    folder.mkdir()
    (folder / "successor.toml").write_text(LAB, encoding="utf-8")
    return folder


def end_of(folder: Path) -> End:
    assert audit(folder / ".successor").problem is None
    ledger = Ledger.read(folder / ".successor")
    incumbent = ledger.incumbent()
    assert incumbent is not None
    promoted = [each.event.decision for each in ledger.entries(Decided)]
    names = [each.candidate for each in promoted if each.outcome == "promoted"]
    assert len(names) == len(set(names)), "a promotion was repeated"
    return End(
        ledger.lineage(incumbent.id), ledger.generations(), ledger.decisions(), ledger.verdicts()
    )


def test_killed_at_200_instants_the_adder_ends_as_if_nobody_had_killed_it(tmp_path: Path):
    torch.set_num_threads(1)  # nothing runs in parallel before the forks
    chance = random.Random(8)
    whole = make(tmp_path / "whole")
    began = time.monotonic()
    assert finished(start(whole), 600.0)
    took_s = time.monotonic() - began
    undisturbed = end_of(whole)
    assert len(undisturbed.lineage) >= 2, "nothing was promoted that a kill could lose"
    kills = torn = resumable = labs = 0
    while kills < KILLS:
        labs += 1
        lab = make(tmp_path / f"lab-{labs}")
        longest_s, work = took_s / 8, lab / ".successor" / "work"
        while not finished(
            start(lab), chance.uniform(0.0, longest_s), work if kills % AIMED == 0 else None
        ):
            kills += 1
            longest_s *= 1.02
            left = [path.name for path in work.glob("*")]
            torn += any(name.startswith("incoming-") for name in left)
            resumable += any("-written-" in name and name[0].isdigit() for name in left)
        assert end_of(lab) == undisturbed
        shutil.rmtree(lab)
    assert resumable >= KILLS // 10, "too few kills left a checkpoint to resume from"
    assert torn >= KILLS // 20, "too few kills hit a write of a checkpoint or object"
    print(f"{kills} kills, {labs} labs, {torn} inside a write, one run {took_s:.1f} s")  # noqa: T201 - the figures
