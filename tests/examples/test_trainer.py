"""The real training script with nothing but its seed changed, before the real judge."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from examples.loading import EXAMPLES
from subjects.program.labs import Desk, version
from successor import labfile
from successor.judge import RaceJudge, RaceSettings, SingleTest
from successor.judge.simulated import SimulatedRecord
from successor.subjects.program import program
from successor.subjects.script import ScriptSubject


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_changed_seed_is_no_improvement(tmp_path: Path):
    folder = tmp_path / "trainer"
    hidden = shutil.ignore_patterns(".successor", "__pycache__", "report.html")
    shutil.copytree(EXAMPLES / "trainer", folder, ignore=hidden)
    told = labfile.read(folder)
    subject = program({**told.subject.settings}, folder, told.lab.goal)
    assert isinstance(subject, ScriptSubject)
    desk, record = Desk(), SimulatedRecord()
    first = version(subject.create(1, desk))
    text = subject.source(first, desk)
    assert text.count("SEED = 1\n") == 1
    record.exams[first.id] = subject.evaluate_self(first, 1, desk)
    lucky = version(subject.draft(text.replace("SEED = 1\n", "SEED = 2\n"), first, desk), first)
    judge = RaceJudge(subject, RaceSettings(), SingleTest(0.05))
    verdict = judge.judge(lucky, first, record, 1, desk)
    subject.close()
    assert verdict.outcome != "better", verdict
    assert verdict.e_value < verdict.threshold
