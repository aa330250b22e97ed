import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

from successor.errors import SuccessorError
from successor.judge import PairedJudge, Settings, SingleTest
from successor.judge.evidence import log_e_value
from successor.judge.plan import make_plan
from successor.judge.simulated import (
    Rates,
    SimulatedRecord,
    SimulatedSubject,
    SimulatedWork,
    named,
)
from successor.types import Draft, Draw, Exam, Slice, Verdict, Version, Workspace

EASY = (1.0,) * 8
OLD = Rates((*EASY, 0.6, 0.3, 0.1, 0.0, 0.0))
NEW = Rates((*EASY, 1.0, 1.0, 1.0, 0.9, 0.8))


def judge(
    new: Rates, old: Rates = OLD, seed: int = 1, settings: Settings | None = None
) -> tuple[Verdict, SimulatedWork]:
    incumbent, candidate = named(old), Version("c" * 64, {}, (), "test")
    subject = SimulatedSubject({incumbent.id: old, candidate.id: new})
    work, record = SimulatedWork(), SimulatedRecord()
    record.exams[incumbent.id] = subject.evaluate_self(incumbent, 1, work)
    judging = PairedJudge(subject, settings or Settings(), SingleTest(0.05))
    return judging.judge(candidate, incumbent, record, seed, work), work


def test_a_real_gain_is_found_with_few_items():
    verdict, _ = judge(NEW)
    assert verdict.outcome == "better"
    assert verdict.e_value >= verdict.threshold == 20
    assert verdict.interval[0] > 0
    assert verdict.interval[0] <= verdict.effect <= verdict.interval[1]
    assert verdict.items < 1000
    assert not verdict.regressions
    assert "e-value" in verdict.reason


def test_the_same_seed_gives_the_same_verdict_and_another_seed_other_items():
    first, work = judge(NEW)
    again, _ = judge(NEW)
    other, elsewhere = judge(NEW, seed=2)
    assert first == again
    assert first.evidence != other.evidence
    asked = [
        {batch["seed"] for batch in json.loads(w.read(v.evidence or ""))["gain"]}
        for w, v in ((work, first), (elsewhere, other))
    ]
    assert not asked[0] & asked[1]


def test_the_evidence_kept_gives_the_e_value_again():
    verdict, work = judge(replace(OLD, right=(*EASY, 0.75, 0.45, 0.2, 0.0, 0.0)))
    kept = json.loads(work.read(verdict.evidence or ""))
    pairs = [
        new - old
        for batch in kept["gain"]
        for news, olds in zip(batch["candidate"], batch["incumbent"], strict=True)
        for new, old in zip(news, olds, strict=True)
    ]
    assert np.exp(log_e_value(np.array(pairs), 0.0)) == pytest.approx(verdict.e_value)
    asked = sum(n for part in (kept["gain"], *kept["holds"]) for b in part for _, n in b["counts"])
    assert asked == verdict.items


def test_worse_on_short_sums_is_blocked_however_much_better_on_long_ones():
    for seed in range(20):
        verdict, _ = judge(Rates((0.93, *NEW.right[1:])), seed=seed)
        assert verdict.outcome == "not better"
        assert verdict.e_value >= verdict.threshold
        assert verdict.regressions == ("1",)
        assert "worse on what was mastered" in verdict.reason


def test_a_loss_in_the_middle_is_blocked_too():
    verdict, _ = judge(Rates((1, 1, 1, 1, 0.8, 1, 1, 1, 1, 1, 1, 1, 1)))
    assert verdict.outcome == "not better"
    assert verdict.regressions == ("5",)


def test_no_gain_is_given_up_early():
    verdict, _ = judge(OLD)
    assert verdict.outcome == "not better"
    assert verdict.e_value == pytest.approx(1.0)
    assert verdict.items < 200


def test_a_collapsed_candidate_sets_off_the_tripwire():
    verdict, _ = judge(Rates((0.2,) * 8 + (1.0,) * 5))
    assert verdict.outcome == "not better"
    assert len(verdict.tripwires) == 1
    assert verdict.tripwires[0].startswith("collapse")
    assert verdict.items < 50


def test_a_question_that_stays_open_is_unclear():
    settings = Settings(most=64)
    noisy = Rates((*EASY, 0.6, 0.3, 0.1, 0.0, 0.0), shared=0.0)
    verdict, _ = judge(noisy, replace(OLD, shared=0.0), settings=settings)
    assert verdict.outcome == "unclear"


def test_without_anything_mastered_only_a_gain_is_asked_for():
    verdict, _ = judge(Rates((0.9, 0.5)), Rates((0.2, 0.0)))
    assert verdict.outcome == "better"


def test_when_all_is_mastered_the_hardest_slice_has_to_improve():
    old = Rates((1.0, 1.0, 0.96), shared=1.0)
    assert judge(Rates((1.0, 1.0, 1.0)), old)[0].outcome in ("better", "not better")
    assert judge(old, old)[0].outcome == "not better"


def exam(*means: float) -> Exam:
    parts = [
        Slice(str(place), place, tuple(float(k < 100 * mean) for k in range(100)))
        for place, mean in enumerate(means, start=1)
    ]
    return Exam("v", Draw("training", 1, ()), tuple(parts[::-1]))


def test_the_plan_weighs_the_frontier_by_halves_and_pools_neighbours():
    plan = make_plan(exam(1, 1, 1, 1, 0.97, 0.9, 0.4, 0.2, 0.1, 0, 0, 0), 0.95, 3)
    assert plan.gain.parts == (("6", 8), ("7", 4), ("8", 2), ("9", 1), ("10", 1))
    members = [[name for name, _ in mix.parts] for mix in plan.holds]
    assert members == [["1", "2"], ["3", "4"], ["5"]]
    assert all(len({count for _, count in mix.parts}) == 1 for mix in plan.holds)


@pytest.mark.parametrize("weak", [1, 2, 3, 4, 5, 9])
def test_a_batch_of_the_frontier_has_sixteen_items(weak: int):
    assert make_plan(exam(*([0.1] * weak)), 0.95, 3).gain.items == 16


def test_an_incumbent_without_an_exam_cannot_be_judged_against():
    version = named(OLD)
    judging = PairedJudge(SimulatedSubject({version.id: OLD}))
    with pytest.raises(SuccessorError, match="no exam on record"):
        judging.judge(version, version, SimulatedRecord(), 1, SimulatedWork())


@dataclass(frozen=True)
class Sloppy:
    """Marks the first item of every slice in a way of its own, or not at all."""

    subject: SimulatedSubject
    first: tuple[float, ...]

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return self.subject.create(seed, workspace)

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        return self.subject.evaluate_self(version, seed, workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        marked = self.subject.examine(version, draw, workspace)
        parts = (replace(part, scores=self.first + part.scores[1:]) for part in marked.slices)
        return replace(marked, slices=tuple(parts))


@pytest.mark.parametrize(
    ("first", "told"),
    [((), "marked 5 of 6 items of '1'"), ((float("nan"),), "outside"), ((7.0,), "outside")],
)
def test_items_left_unmarked_or_marked_beyond_the_scale_are_an_error(
    first: tuple[float, ...], told: str
):
    incumbent, candidate = named(OLD), named(NEW)
    subject = Sloppy(SimulatedSubject({incumbent.id: OLD, candidate.id: NEW}), first)
    record, work = SimulatedRecord(), SimulatedWork()
    record.exams[incumbent.id] = subject.evaluate_self(incumbent, 1, work)
    with pytest.raises(SuccessorError, match=told):
        PairedJudge(subject).judge(candidate, incumbent, record, 1, work)
