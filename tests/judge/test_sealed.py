"""Slices that no author may train on: a loss there refuses, a gain there earns nothing."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

import pytest

from successor.errors import SuccessorError
from successor.judge import PairedJudge, Settings, SingleTest
from successor.judge.course import course
from successor.judge.plan import make_plan
from successor.judge.simulated import (
    Rates,
    SimulatedRecord,
    SimulatedSubject,
    SimulatedWork,
    named,
)
from successor.types import Draw, Exam, Slice, Verdict, Version

OLD = Rates((0.5, 0.3, 0.6, 0.6))
"""Two slices to train on, two that are sealed."""


@dataclass
class Sealed(SimulatedSubject):
    apart: tuple[str, ...] = ("3", "4")

    def sealed(self) -> Collection[str]:
        return self.apart


def judge(new: Rates, seed: int = 1) -> tuple[Verdict, SimulatedWork]:
    incumbent, candidate = named(OLD), Version("c" * 64, {}, (), "test")
    subject = Sealed({incumbent.id: OLD, candidate.id: new})
    work, record = SimulatedWork(), SimulatedRecord()
    record.exams[incumbent.id] = subject.evaluate_self(incumbent, 1, work)
    judging = PairedJudge(subject, Settings(most=1024), SingleTest(0.05))
    return judging.judge(candidate, incumbent, record, seed, work), work


def test_a_gain_passes_where_nothing_was_forgotten():
    verdict, work = judge(Rates((0.9, 0.8, 0.6, 0.6)))
    assert verdict.outcome == "better"
    kept = json.loads(work.read(verdict.evidence or ""))
    assert sum(n for batch in kept["sealed"] for _, n in batch["counts"]) == Settings().sealed
    assert [batch.question for batch in course(json.dumps(kept).encode())][-1] == "sealed"


@pytest.mark.parametrize("seed", range(5))
def test_forgetting_refuses_whatever_was_gained(seed: int):
    verdict, _ = judge(Rates((1.0, 1.0, 0.1, 0.2)), seed)
    assert verdict.outcome == "not better"
    assert verdict.regressions == ("3", "4")
    assert "forgets what it was not trained on" in verdict.reason


def test_a_gain_on_sealed_slices_alone_promotes_nobody():
    verdict, _ = judge(Rates((0.5, 0.3, 1.0, 1.0)))
    assert verdict.outcome != "better"


def test_an_exam_of_sealed_slices_alone_cannot_be_judged():
    exam = Exam("v", Draw("training", 1, (("3", 1),)), (Slice("3", 1.0, (1.0,)),))
    with pytest.raises(SuccessorError, match="no items"):
        make_plan(exam, 0.95, 3, {"3"})
