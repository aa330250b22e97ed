import math
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from successor.insight.logistic import PENALTY, fit
from successor.insight.reach import Row, horizon, measure, reliable_size
from successor.types import Draw, Exam, Slice

SIZES = np.array([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64.0])


def drawn(rng: np.random.Generator, middle: float, slope: float, items: int = 64) -> list[Row]:
    rates = [1 / (1 + (size / middle) ** (slope / math.log(2))) for size in SIZES.tolist()]
    return [
        (size, items, float(np.count_nonzero(rng.random(items) < rate)))
        for size, rate in zip(SIZES.tolist(), rates, strict=True)
    ]


def stepped(last: float, items: int = 64) -> list[Row]:
    return [(float(s), items, items * float(s <= last)) for s in SIZES]


@pytest.mark.parametrize(("middle", "slope"), [(4.0, 2.0), (18.0, 3.0), (30.0, 8.0)])
def test_a_known_horizon_is_recovered(middle: float, slope: float):
    rng = np.random.default_rng(1)
    found = [horizon(drawn(rng, middle, slope), draws=1).p50 for _ in range(30)]
    assert np.mean(found) == pytest.approx(middle, rel=0.03)


@pytest.mark.parametrize("slope", [1.0, 3.0, 8.0, 15.0, 30.0])
def test_the_fit_minimises_the_objective_that_is_stated(slope: float):
    rows = drawn(np.random.default_rng(2), 17.0, slope)
    x, share = np.log2(SIZES), np.array([right / n for _, n, right in rows], dtype=np.float64)

    def objective(b: NDArray[np.float64]) -> float:
        line = b[0] + b[1] * x
        losses: NDArray[np.float64] = np.logaddexp(0.0, line) - share * line
        return PENALTY * float(b[1]) ** 2 / 2 + losses.mean().item()

    b0, b1 = fit(x, share[None, :] / len(x), (1 - share[None, :]) / len(x))
    best = minimize(objective, [0.0, 0.0], method="BFGS", options={"gtol": 1e-9})
    assert objective(np.array([b0[0], b1[0]])) <= best.fun + 1e-9


def test_the_slope_of_separated_results_is_held_by_the_penalty():
    solved = np.array([[(s <= 16) / 20 for s in SIZES]])
    b0, b1 = fit(np.log2(SIZES), solved, 1 / 20 - solved)
    gradient = PENALTY * b1.item()
    for size in SIZES.tolist():
        rate = 1 / (1 + math.exp(-b0.item() - b1.item() * math.log2(size)))
        gradient += (rate - (size <= 16)) * math.log2(size) / len(SIZES)
    assert abs(gradient) < 1e-9


def test_the_bootstrap_interval_covers():
    rng, runs, covered = np.random.default_rng(3), 200, 0
    for _ in range(runs):
        low, high = horizon(drawn(rng, 18.0, 3.0), draws=400).interval
        covered += low <= 18.0 <= high
    assert 0.90 * runs <= covered <= 0.99 * runs


def test_perfect_separation_lies_between_the_last_right_and_the_first_wrong():
    found = horizon(stepped(16))
    assert 16 < found.p50 < 20
    assert found.interval == (16.0, 20.0)
    assert (found.reliable, found.at_least) == (16.0, False)


def test_all_right_is_at_least_the_largest_size():
    found = horizon(stepped(64))
    assert (found.p50, found.at_least, found.reliable) == (64.0, True, 64.0)


def test_all_wrong_is_no_horizon():
    found = horizon(stepped(0))
    assert (found.p50, found.at_least, found.reliable) == (0.0, False, 0.0)
    assert found.interval == (0.0, 1.0)


def test_mostly_right_to_the_end_is_not_extrapolated():
    found = horizon([(s, n, min(r, 60.0)) for s, n, r in stepped(64)])
    assert (found.p50, found.at_least) == (64.0, True)


def test_more_right_never_shortens_the_horizon():
    rows = drawn(np.random.default_rng(4), 18.0, 6.0)
    before = horizon(rows, draws=1).p50
    for place, (size, items, right) in enumerate(rows):
        better = [*rows[:place], (size, items, min(items, right + 8.0)), *rows[place + 1 :]]
        if size >= before:
            assert horizon(better, draws=1).p50 >= before - 1e-9


def test_the_order_of_the_rows_and_the_seed_are_what_is_said():
    rows = drawn(np.random.default_rng(5), 18.0, 3.0)
    assert horizon(rows) == horizon(rows[::-1])
    assert horizon(rows, seed=1).interval != horizon(rows, seed=2).interval


def test_one_slip_in_64_does_not_hide_what_is_right_beyond_it():
    rows = [(s, n, r - (s == 3)) for s, n, r in stepped(16)]
    size, support = reliable_size(rows)
    assert (size, support) == (16.0, 10 * 64)


def test_a_size_that_truly_fails_does_not_hide_among_its_neighbours():
    rows = [(s, 640, 640.0 - 30 * (s == 3)) for s in SIZES.tolist()]
    assert reliable_size(rows)[0] == 2.0


def test_a_slip_at_the_end_of_the_reach_does_not_count_as_reliable():
    rows = [(s, n, r - (s == 16)) for s, n, r in stepped(16)]
    assert reliable_size(rows) == (14.0, 64)


def test_the_support_is_what_the_rate_rests_on():
    assert reliable_size(stepped(16, items=300)) == (16.0, 300)
    assert reliable_size([]) == (0.0, 0)


def test_an_exam_is_measured_by_the_names_of_targets():
    parts = tuple(Slice(str(s), s, (float(s <= 8),) * 20) for s in (1.0, 2.0, 4.0, 8.0, 16.0))
    found = measure(Exam("v", Draw("training", 1, ()), (*parts, Slice("9", 9.0, ()))))
    assert 8 < found["horizon"] < 16
    assert found["reliable_horizon"] == 8.0
    assert set(map(type, found.values())) == {float}
    nothing = measure(Exam("v", Draw("training", 1, ()), ()))
    assert nothing == {"horizon": 0.0, "reliable_horizon": 0.0}


def test_a_bootstrap_takes_a_moment():
    rows = drawn(np.random.default_rng(6), 18.0, 3.0)
    horizon(rows)
    spent = list[float]()
    for _ in range(5):
        started = time.process_time()
        horizon(rows)
        spent.append(time.process_time() - started)
    assert min(spent) < 0.05
