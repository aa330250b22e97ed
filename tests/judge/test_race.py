import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from successor.errors import SuccessorError, UsageError
from successor.judge import RaceJudge, RaceSettings, SingleTest, WholeRun
from successor.judge.bout import Bout
from successor.judge.contest import Contest, Correctness
from successor.judge.objectives import Effect
from successor.judge.race import corpus, race
from successor.judge.simulated import SimulatedRecord, SimulatedSubject, SimulatedWork
from successor.judge.simulated_race import (
    Clock,
    Machine,
    Runner,
    SimulatedAnswers,
    SimulatedHeat,
    SimulatedRacer,
    entered,
)
from successor.types import Draw, Verdict, Version, Workspace

OLD = Runner()
SPEED = ("speed",)


class Lab:
    """One incumbent, and what is on record of it."""

    def __init__(
        self,
        new: Runner,
        objectives: tuple[str, ...] = SPEED,
        settings: RaceSettings | None = None,
        old: Runner = OLD,
    ) -> None:
        self.incumbent, self.candidate = entered(old), entered(new, "new")
        runners = {self.incumbent.id: old, self.candidate.id: new}
        clock = Clock(Machine(noise=0.05, busy=0.05), np.random.default_rng(1))
        self.racer = SimulatedRacer(runners, clock, objectives)
        self.settings = settings or RaceSettings()
        self.work, self.record = SimulatedWork(), SimulatedRecord()
        exam = self.racer.evaluate_self(self.incumbent, 1, self.work)
        self.record.exams[self.incumbent.id] = exam

    def judge(self, seed: int = 1) -> Verdict:
        judging = RaceJudge(self.racer, self.settings, SingleTest(0.05))
        verdict = judging.judge(self.candidate, self.incumbent, self.record, seed, self.work)
        self.record.judged.append(verdict)
        return verdict

    def kept(self, verdict: Verdict) -> dict[str, Any]:
        return json.loads(self.work.read(verdict.evidence or ""))


def test_twice_as_fast_is_found_with_few_heats_and_told_with_its_interval():
    verdict = Lab(Runner(seconds=0.5)).judge()
    assert verdict.outcome == "better"
    assert verdict.e_value >= verdict.threshold == 20
    assert "times as fast (95% interval" in verdict.reason
    assert "432 fresh items" in verdict.reason
    assert verdict.items < 500
    assert verdict.interval[0] <= verdict.effect <= verdict.interval[1]
    assert verdict.effect == pytest.approx(1 / 3, abs=0.05)


def test_an_unchanged_program_is_no_different():
    verdict = Lab(OLD).judge()
    assert verdict.outcome == "not better"
    assert verdict.reason.startswith("no difference")
    assert verdict.interval[0] < 0 < verdict.interval[1]
    assert verdict.e_value < 1


def test_one_counterexample_refutes_however_fast():
    lab = Lab(Runner(seconds=0.01, wrong=0.02))
    verdict = lab.judge()
    assert verdict.outcome == "not better"
    assert verdict.reason.startswith("wrong where the incumbent is right: [")
    assert "1 where 2 was right" in verdict.reason
    assert verdict.regressions
    assert lab.kept(verdict)["counterexamples"]
    assert lab.kept(verdict)["objectives"] == {"speed": {"draws": [], **_unmeasured()}}


def _unmeasured() -> Mapping[str, object]:
    nothing = {"median": 1.0, "low": 0.0, "high": None, "count": 0}
    return {
        "speed_up": nothing,
        "by_size": dict.fromkeys(("speed/1", "speed/2", "speed/4"), nothing),
        "from_start": nothing,
    }


def test_later_candidates_meet_the_counterexamples_of_earlier_ones_once_each():
    lab = Lab(Runner(wrong=0.02))
    first, second = lab.judge(), lab.judge(seed=2)
    shown: list[str] = lab.kept(first)["counterexamples"]
    assert lab.racer.corpus == [text.encode() for text in shown]
    both = corpus(lab.record, lab.work)
    assert len(both) == len({*shown, *lab.kept(second)["counterexamples"]})


def test_evidence_of_other_judges_has_no_counterexamples():
    record, work = SimulatedRecord(), SimulatedWork()
    verdict = Lab(OLD).judge()
    record.judged = [replace(verdict, evidence=work.write(b'{"gain":[]}')), verdict]
    record.judged[1] = replace(verdict, evidence=None)
    assert corpus(record, work) == ()


def test_input_that_is_no_text_comes_back_as_it_was():
    record, work = SimulatedRecord(), SimulatedWork()
    kept = json.dumps({"counterexamples": [b"\xff\x00".decode(errors="surrogateescape")]})
    record.judged = [replace(Lab(OLD).judge(), evidence=work.write(kept.encode()))]
    assert corpus(record, work) == (b"\xff\x00",)


def test_at_equal_speed_the_simpler_code_wins():
    verdict = Lab(Runner(nodes=60)).judge()
    assert verdict.outcome == "better"
    assert verdict.reason.startswith("simpler by 40 nodes of code")
    assert verdict.e_value >= verdict.threshold


def test_simpler_but_slower_does_not_win():
    verdict = Lab(Runner(nodes=60, seconds=1.3)).judge()
    assert verdict.outcome == "not better"
    assert verdict.reason.startswith("worse on speed/1, speed/2, speed/4: 0.7")


def test_a_gain_has_to_be_larger_for_more_code():
    assert Lab(Runner(seconds=1 / 1.5, nodes=300)).judge().outcome == "better"
    verdict = Lab(Runner(seconds=1 / 1.5, nodes=900)).judge()
    assert verdict.outcome == "not better"
    assert verdict.reason.startswith("too small a gain: 1.")
    assert verdict.reason.endswith("a gain of 85% was asked for, for 800 nodes of code more")


def test_a_tiny_gain_that_adds_much_code_is_refused_for_the_code():
    small = Runner(seconds=1 / 1.12, nodes=400)
    verdict = Lab(small).judge()
    assert verdict.outcome == "not better"
    assert verdict.reason.startswith("too small a gain: 1.")
    assert verdict.reason.endswith("a gain of 35% was asked for, for 300 nodes of code more")
    assert Lab(small, settings=RaceSettings(per_node=0.0)).judge().outcome == "better"
    assert Lab(replace(small, nodes=100)).judge().outcome == "better"


def test_at_equal_scores_the_simpler_code_wins_and_larger_code_does_not():
    steady = replace(OLD, luck=0.02)
    few = RaceSettings(margin=0.25, items=256)
    lab = Lab(replace(steady, nodes=60), ("accuracy",), few, steady)
    verdict = lab.judge()
    assert verdict.outcome == "better"
    assert verdict.reason.startswith("simpler by 40 nodes of code")
    larger = Lab(replace(steady, nodes=140), ("accuracy",), few, steady).judge()
    assert larger.outcome != "better"


def test_faster_on_the_whole_but_far_slower_on_a_size_is_refused():
    verdict = Lab(Runner(seconds=0.1, start=2.0)).judge()
    assert verdict.outcome == "not better"
    assert verdict.regressions == ("speed/1", "speed/2")


def test_faster_on_the_whole_but_slower_on_the_largest_size_is_refused():
    verdict = Lab(Runner(seconds=1.4, start=-0.9)).judge()
    assert verdict.outcome == "not better"
    assert verdict.regressions == ("speed/4",)


def test_where_a_smaller_size_is_slower_the_verdict_says_so():
    verdict = Lab(Runner(seconds=0.5, start=0.65)).judge()
    assert verdict.outcome == "better"
    assert "times as slow on speed/1" in verdict.reason
    assert "times as slow on speed/2" not in verdict.reason


def test_what_is_done_before_the_clock_starts_has_to_be_paid_back_within_a_heat():
    verdict = Lab(Runner(seconds=0.01, beforehand=20.0)).judge()
    assert verdict.outcome == "not better"
    assert "times as slow with what it does beforehand" in verdict.reason
    assert Lab(Runner(seconds=0.01, beforehand=4.0)).judge().outcome == "better"


def test_where_nobody_knows_the_whole_of_a_process_the_clock_alone_counts():
    lab = Lab(Runner(seconds=0.5))
    sloppy = RaceJudge(Unstarted(lab.racer), lab.settings)
    assert sloppy.judge(lab.candidate, lab.incumbent, lab.record, 1, lab.work).outcome == "better"


def test_a_tripwire_ends_it_before_any_heat():
    verdict = Lab(Runner(seconds=0.1, suspicious=True)).judge()
    assert verdict.tripwires == ("state kept between calls",)
    assert verdict.outcome == "not better"
    assert verdict.items == 432


def test_another_seed_of_the_same_program_is_not_kept():
    lab = Lab(OLD, ("accuracy",))
    outcomes = [lab.judge(seed).outcome for seed in range(20)]
    assert outcomes.count("better") <= 1


def test_a_small_gain_in_a_graded_score_takes_a_dozen_items_and_luck_takes_none():
    few = RaceSettings(margin=0.25, items=64)
    steady = replace(OLD, luck=0.02)
    verdict = Lab(replace(steady, score=0.55), ("accuracy",), few, steady).judge()
    assert verdict.outcome == "better"
    assert verdict.items < 100
    assert re.search(r"fresh items of accuracy[^,;]*, of which \d+ gained;", verdict.reason)
    lucky = Lab(steady, ("accuracy",), few, steady)
    found = [lucky.judge(seed) for seed in range(10)]
    assert "better" not in [each.outcome for each in found]
    assert not [each.reason for each in found if " gained" in each.reason]


def test_more_accurate_and_as_fast_is_better_and_less_accurate_is_not():
    both = ("accuracy", "speed")
    verdict = Lab(Runner(score=0.7), both).judge()
    assert verdict.outcome == "better"
    assert "% right against" in verdict.reason
    assert "times as fast" in verdict.reason
    assert Lab(Runner(score=0.7, seconds=2.0), both).judge().outcome == "not better"
    verdict = Lab(Runner(score=0.4, seconds=0.5), both).judge()
    assert verdict.outcome == "not better"
    assert {name.partition("/")[0] for name in verdict.regressions} == {"accuracy"}


def test_size_as_an_objective_is_certain_and_speed_still_has_to_hold():
    verdict = Lab(Runner(nodes=60), ("size", "speed")).judge()
    assert verdict.outcome == "better"
    assert "size 60 against 100" in verdict.reason
    assert "certain" in verdict.reason
    assert verdict.e_value > 1e300
    assert math.isfinite(verdict.e_value)
    assert Lab(Runner(nodes=60, seconds=1.5), ("size", "speed")).judge().outcome == "not better"
    larger = Lab(Runner(nodes=110, seconds=0.1), ("speed", "size")).judge()
    assert (larger.outcome, larger.regressions) == ("not better", ("size",))
    assert larger.items == 432


def test_with_size_alone_it_is_correctness_that_is_counted():
    verdict = Lab(Runner(nodes=99), ("size",)).judge()
    assert verdict.outcome == "better"
    assert 20 <= verdict.e_value < 100


@dataclass
class Fading:
    """An objective whose evidence for a gain falls, while that it holds is being shown."""

    gains: list[float]
    items: int = 0

    hopeful, full = True, False

    def ask(self, evidence: float, needed: float) -> None:
        self.items += 1

    def gained(self) -> float:
        return self.gains[self.items]

    def less(self) -> float:
        return -math.inf

    def held(self) -> float:
        return float(self.items)

    def worse(self) -> float:
        return -math.inf

    def effect(self) -> Effect:
        return Effect(0.1, 0.05, 0.2)

    def told(self) -> str:
        return "faded"

    def lost(self) -> tuple[str, ...]:
        return ()

    def kept(self) -> object:
        return None


@pytest.mark.parametrize("added", [5.0, 0.0, -5.0])
def test_a_gain_that_was_shown_stays_shown_while_the_rest_is_seen_to_hold(added: float):
    lab = Lab(OLD)
    bout = Bout(lab.racer, lab.candidate, lab.incumbent, 1, lab.work)
    certain = Correctness(bout, (), None, 0.01, 1)
    fading = Fading([0.0, 4.0, 2.0, 2.0, 2.0])
    contest = Contest(bout, certain, [fading], math.log(40), added, "a gain was asked for", ())
    finding = contest.run()
    assert finding.outcome == "better"
    assert finding.reason.startswith("faded; e-value 54.6 of 40 needed")
    assert contest.evidence == 4.0
    assert fading.items == 4


def test_what_stays_open_is_unclear():
    few = RaceSettings(items=90)
    verdict = Lab(Runner(seconds=0.5), settings=few).judge()
    assert (verdict.outcome, verdict.items) == ("unclear", 90)
    assert "too few to rule out a loss" in verdict.reason
    border = Lab(Runner(seconds=1 / 1.05), settings=RaceSettings(heats=24)).judge()
    assert border.outcome == "unclear"
    assert border.reason.startswith("no gain shown")


def test_the_same_seed_asks_the_same_and_another_seed_something_else():
    asked = [[_seeds(lab, lab.judge(seed)) for lab in [Lab(OLD)]] for seed in (1, 1, 2)]
    assert asked[0] == asked[1]
    assert not set(asked[0][0]) & set(asked[2][0])


def _seeds(lab: Lab, verdict: Verdict) -> tuple[int, ...]:
    return tuple(batch["seed"] for batch in lab.kept(verdict)["correctness"])


def test_the_run_decides_how_much_evidence_is_needed():
    lab = Lab(Runner(seconds=0.5))
    judging = RaceJudge(lab.racer)
    verdict = judging.judge(lab.candidate, lab.incumbent, lab.record, 1, lab.work)
    assert verdict.threshold == pytest.approx(1 / WholeRun().level(lab.record))
    assert verdict.e_value >= verdict.threshold > 40
    assert verdict.items > 500


def test_an_incumbent_without_an_exam_or_without_items_of_an_objective_is_an_error():
    lab = Lab(OLD, ("elegance",))
    with pytest.raises(SuccessorError, match="no items of the objective 'elegance'"):
        lab.judge()
    lab.record.exams.clear()
    with pytest.raises(SuccessorError, match="no exam on record"):
        lab.judge()


@dataclass(frozen=True)
class Sloppy:
    """A racer that leaves out a heat, an item, or measures no time."""

    racer: SimulatedRacer
    seconds: float | None = 1.0
    score: float | None = 1.0
    objectives: tuple[str, ...] = SPEED

    def ask(
        self,
        candidate: Version,
        incumbent: Version,
        draw: Draw,
        corpus: Sequence[bytes],
        work: Workspace,
    ) -> SimulatedAnswers:
        told = self.racer.ask(candidate, incumbent, draw, corpus, work)
        first = () if self.score is None else (self.score,)
        parts = ((name, first + new[1:], old) for name, new, old in told.slices)
        return replace(told, slices=tuple(parts))

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[SimulatedHeat, ...]:
        heats = self.racer.race(candidate, incumbent, draw, work)[1:]
        if self.seconds is None:
            return heats
        return (SimulatedHeat("speed/1", self.seconds, self.seconds), *heats)

    def weigh(
        self, candidate: Version, incumbent: Version, work: Workspace
    ) -> Mapping[str, tuple[float, float]]:
        return {}

    def suspicions(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[str, ...]:
        return ()


class Unstarted(Sloppy):
    """A racer that leaves nothing out, and knows of no start."""

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[SimulatedHeat, ...]:
        heats = self.racer.race(candidate, incumbent, draw, work)
        return tuple(replace(heat, whole=(0.0, 0.0)) for heat in heats)


@pytest.mark.parametrize(
    ("seconds", "score", "told"),
    [
        (None, 1.0, "ran 2 of 3 heats of 'speed/1'"),
        (0.0, 1.0, "not above 0"),
        (math.nan, 1.0, "not above 0"),
        (1.0, None, "marked 4 and 5 of 5 items of 'tests'"),
        (1.0, math.nan, "outside"),
        (1.0, 7.0, "outside"),
    ],
)
def test_items_left_unmarked_and_heats_left_unrun_are_an_error(
    seconds: float | None, score: float | None, told: str
):
    lab = Lab(OLD)
    sloppy = RaceJudge(Sloppy(lab.racer, seconds, score), lab.settings)
    with pytest.raises(SuccessorError, match=told):
        sloppy.judge(lab.candidate, lab.incumbent, lab.record, 1, lab.work)


def test_a_loss_that_the_subject_does_not_tell_is_seen_all_the_same():
    lab = Lab(OLD)
    verdict = RaceJudge(Sloppy(lab.racer, score=0.0), lab.settings).judge(
        lab.candidate, lab.incumbent, lab.record, 1, lab.work
    )
    assert verdict.outcome == "not better"
    assert verdict.regressions == ("tests",)


def test_what_a_program_says_stays_on_its_line():
    lab = Lab(OLD)
    bout = Bout(lab.racer, lab.candidate, lab.incumbent, 1, lab.work)
    bout.counterexamples, bout.notes = [b"[1]", b"[2]"], ["\x1b[2J\nAPPROVE " + "x" * 999]
    told = bout.loss or ""
    assert told.isprintable()
    assert told.endswith(", and 1 more")
    assert len(told) < 250


def test_settings_are_checked():
    lab = Lab(OLD)
    assert race({}, lab.racer).settings == RaceSettings()  # pyright: ignore[reportArgumentType] - a racer
    for wrong in ({"alpha": 0.0}, {"effect": "much"}, {"heats": 1}, {"speed": 1}):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            race(wrong, lab.racer)  # pyright: ignore[reportArgumentType] - a racer
    with pytest.raises(UsageError, match="judges programs"):
        race({}, SimulatedSubject({}))
