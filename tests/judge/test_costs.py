"""The objective of costs: how much evidence pairs are, on costs whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from successor.judge import RaceJudge, RaceSettings, SingleTest
from successor.judge.simulated import SimulatedRecord, SimulatedWork
from successor.judge.simulated_race import Runner, SimulatedAnswers, SimulatedHeat, entered
from successor.types import Draw, Exam, Slice, Verdict, Version, Workspace

Pair = Callable[[np.random.Generator], tuple[float, float]]
OLD, NEW = entered(Runner()), entered(Runner(), "new")


@dataclass
class Priced:
    """A racer of which only the costs are known."""

    pair: Pair
    sizes: tuple[int, ...] = (1, 2)
    nodes: tuple[float, float] = (100.0, 100.0)
    certain: Mapping[str, tuple[float, float]] = field(
        default_factory=dict[str, tuple[float, float]]
    )
    objectives: tuple[str, ...] = ("cost",)

    def exam(self) -> Exam:
        parts = [Slice("tests", 1.0, (1.0,))]
        parts += [Slice(f"cost/{size}", size, (0.5,) * 8) for size in self.sizes]
        return Exam(OLD.id, Draw("training", 1, (("tests", 1),)), tuple(parts))

    def ask(
        self,
        candidate: Version,
        incumbent: Version,
        draw: Draw,
        corpus: Sequence[bytes],
        work: Workspace,
    ) -> SimulatedAnswers:
        parts = tuple((name, (1.0,) * count, (1.0,) * count) for name, count in draw.counts)
        return SimulatedAnswers(parts, (), ())

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[SimulatedHeat, ...]:
        rng = np.random.default_rng(draw.seed)
        return tuple(
            SimulatedHeat(name, *self.pair(rng))
            for name, count in draw.counts
            for _ in range(count)
        )

    def weigh(
        self, candidate: Version, incumbent: Version, work: Workspace
    ) -> Mapping[str, tuple[float, float]]:
        return {"size": self.nodes, **self.certain}

    def suspicions(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[str, ...]:
        return ()


def judged(racer: Priced, seed: int = 1, level: float = 0.05) -> Verdict:
    record = SimulatedRecord()
    record.exams[OLD.id] = racer.exam()
    judge = RaceJudge(racer, RaceSettings(), SingleTest(level))
    return judge.judge(NEW, OLD, record, seed, SimulatedWork())


def noisy(gain: float, spread: float) -> Pair:
    """Both costs with luck of their own around a mean that the instance sets."""

    def pair(rng: np.random.Generator) -> tuple[float, float]:
        instance = rng.lognormal()
        return (
            instance * float(np.exp(rng.normal(0, spread))) / gain,
            instance * float(np.exp(rng.normal(0, spread))),
        )

    return pair


def test_a_small_steady_gain_takes_a_dozen_or_two():
    verdict = judged(Priced(noisy(1.15, 0.01)))
    assert verdict.outcome == "better"
    assert verdict.items <= 40
    assert "1.15 times lower" in verdict.reason
    assert verdict.interval[0] < verdict.effect < verdict.interval[1]


def test_a_gain_on_few_instances_that_costs_nothing_on_others_is_one():
    verdict = judged(Priced(lambda rng: (1.0, 1.6 if rng.random() < 0.4 else 1.0)))
    assert verdict.outcome == "better"


def test_a_gain_among_many_ties_is_not_given_up():
    racer = Priced(lambda rng: (1.0, 2.0 if rng.random() < 0.2 else 1.0))
    outcomes = [judged(racer, seed).outcome for seed in range(20)]
    assert outcomes.count("better") >= 15


def test_a_disaster_on_few_instances_is_seen():
    """Cheaper on 7 of 10, which is what a median sees, and ten times dearer on the others."""
    racer = Priced(lambda rng: (1.0 if rng.random() < 0.7 else 20.0, 2.0 / 1.8))
    assert {judged(racer, seed).outcome for seed in range(20)} == {"not better"}


def test_no_gain_is_given_up_soon_and_a_gain_too_small_for_its_code_is_none():
    verdict = judged(Priced(lambda _: (1.0, 1.0)))
    assert verdict.outcome == "not better"
    assert verdict.items <= 16
    assert verdict.reason.startswith("no difference")
    assert judged(Priced(noisy(1.3, 0.01), nodes=(500.0, 100.0))).outcome == "not better"


def test_at_equal_costs_the_simpler_code_wins():
    verdict = judged(Priced(lambda _: (1.0, 1.0), nodes=(90.0, 100.0)))
    assert verdict.outcome == "better"
    assert verdict.reason.startswith("simpler by 10 nodes")


def test_far_dearer_on_one_size_is_refused():
    racer = Priced(noisy(1.0, 0.01))
    heats = racer.race

    def race(
        candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[SimulatedHeat, ...]:
        found = heats(candidate, incumbent, draw, work)
        return tuple(
            SimulatedHeat(each.slice, 1.8 if each.slice == "cost/2" else 0.4, 1.0) for each in found
        )

    racer.race = race  # type: ignore[method-assign] - this test alone
    verdict = judged(racer)
    assert verdict.outcome == "not better"
    assert verdict.regressions == ("cost/2",)


def test_what_is_certain_needs_no_pair():
    verdict = judged(Priced(noisy(1.0, 0.1), certain={"cost": (1.0, 2.0)}))
    assert (verdict.outcome, verdict.items) == ("better", 0)


@pytest.mark.parametrize("spread", [0.01, 0.3])
def test_another_seed_of_the_same_program_is_hardly_ever_kept(spread: float):
    """With 5% to err at most 10 of 200 are expected, and the bounds are cautious."""
    racer = Priced(noisy(1.0, spread))
    promoted = sum(judged(racer, seed).outcome == "better" for seed in range(200))
    assert promoted <= 10
