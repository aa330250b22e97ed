"""A language model's lab: from the first version to a promoted successor, also over kills."""

from __future__ import annotations

import os
import signal
import time
import warnings
from pathlib import Path

import pytest

from subjects.causal_lm.tiny import base_folder
from successor.lab import open_lab, run
from successor.ledger import audit
from successor.types import Digest

LAB = """\
[lab]
goal = "digits as they are asked for"
seed = 4
[subject]
kind = "own.py:subject"
[author]
kind = "language_training"
problems = 48
epochs = 6.0
learning_rate = 2e-2
[judge]
most = 512
[base_cases]
generations = 3
"""
OWN = """\
from subjects.causal_lm.tiny import tiny


def subject(settings, folder, goal):
    return tiny()
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    base_folder()
    return made(tmp_path / "lab")


def made(folder: Path) -> Path:
    folder.mkdir()
    (folder / "successor.toml").write_text(LAB, encoding="utf-8")
    (folder / "own.py").write_text(OWN, encoding="utf-8")
    return folder


def improve(folder: Path) -> tuple[Digest, ...]:
    """Run it to its end; who is in charge after each generation."""
    with open_lab(folder) as lab:
        run(lab)
        return tuple(each or "" for each in lab.parts.ledger.generations())


def test_a_model_trains_a_successor_that_is_proven_better(lab: Path) -> None:
    line = improve(lab)
    assert len(line) == 3
    with open_lab(lab) as opened:
        ledger = opened.parts.ledger
        promoted = [each for each in ledger.decisions() if each.outcome == "promoted"]
        assert promoted
        assert ledger.verdicts()[0].effect > 0.1
        assert line[0] != line[1]
        assert {*ledger.totals()} >= {"examples", "tokens"}
    audit(lab / ".successor")


@pytest.mark.slow
def test_a_run_that_is_killed_anywhere_ends_as_one_that_is_not(lab: Path, tmp_path: Path) -> None:
    whole, other = improve(made(tmp_path / "whole")), lab
    for wait_s in (0.3, 0.8, 1.5, 2.0, 3.0, 4.0, 6.0):
        child = fork(other)
        time.sleep(wait_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert improve(other) == whole
    audit(other / ".successor")


def fork(folder: Path) -> int:
    """A child that improves the lab; forked, so that it need not import torch again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            improve(folder)
        finally:
            os._exit(0)
    return child
