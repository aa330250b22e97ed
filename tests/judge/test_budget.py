import math

import pytest

from successor.judge import WholeRun
from successor.judge.budget import gamma
from successor.judge.simulated import SimulatedRecord
from successor.types import Decision, Verdict


def verdict(candidate: str, outcome: str) -> Verdict:
    assert outcome in ("better", "unclear")
    kind = "better" if outcome == "better" else "unclear"
    return Verdict(candidate, "i", kind, 1.0, 1.0, 0.0, (-1.0, 1.0), 1, 1, "")


def record(*outcomes: str, promoted: tuple[int, ...] = ()) -> SimulatedRecord:
    verdicts = [verdict(str(place), outcome) for place, outcome in enumerate(outcomes)]
    decided = [Decision(str(place), "promoted", "", "") for place in promoted]
    return SimulatedRecord(judged=verdicts, decided=decided)


def test_the_shares_of_the_budget_sum_to_one():
    many = 200_000
    tail = 1 / math.log(many + 1.5) / 2.109742801236892
    assert sum(gamma(t) for t in range(1, many + 1)) + tail == pytest.approx(1, abs=1e-6)


def test_every_verdict_spends_and_every_promotion_earns():
    alpha = 0.05
    assert WholeRun(alpha).level(record()) == pytest.approx(alpha * gamma(1))
    assert WholeRun(alpha).level(record("unclear")) == pytest.approx(alpha * gamma(2))
    earned = WholeRun(alpha).level(record("better", promoted=(0,)))
    assert earned == pytest.approx(2 * alpha * gamma(2))


def test_better_but_turned_down_earns_nothing_nor_does_a_promotion_without_evidence():
    alpha = 0.05
    assert WholeRun(alpha).level(record("better")) == pytest.approx(alpha * gamma(2))
    waved_through = record("unclear", promoted=(0,))
    assert WholeRun(alpha).level(waved_through) == pytest.approx(alpha * gamma(2))


def test_the_level_is_a_probability_however_generous_the_budget():
    assert WholeRun(1.0).level(record(*["better"] * 9, promoted=tuple(range(9)))) <= 1.0
