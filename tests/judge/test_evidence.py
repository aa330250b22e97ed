import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor.judge.evidence import GAIN_STAKES, HOLD_STAKES, interval, log_e_value

SCORES = st.lists(st.floats(-1, 1), max_size=40)


@given(SCORES, st.floats(-0.9, 0.9))
def test_the_evidence_is_the_average_product_of_the_bets(scores: list[float], bound: float):
    odds = [(1 + score) / (1 + bound) - 1 for score in scores]
    plain = np.mean([math.prod(1 + stake * odd for odd in odds) for stake in GAIN_STAKES])
    assert log_e_value(np.array(scores), bound) == pytest.approx(math.log(plain), abs=1e-6)


@given(SCORES)
def test_the_order_of_the_items_does_not_matter(scores: list[float]):
    forwards = log_e_value(np.array(scores), 0.0)
    assert forwards == pytest.approx(log_e_value(np.array(scores[::-1]), 0.0), abs=1e-9)


def test_nothing_asked_is_no_evidence():
    assert log_e_value(np.array([]), 0.0) == 0.0
    assert interval(np.array([])) == (-1.0, 1.0)


def test_equal_pairs_say_nothing_of_a_gain_and_much_of_no_loss():
    equal = np.zeros(600)
    assert log_e_value(equal, 0.0) == pytest.approx(0.0)
    assert log_e_value(equal, -0.01, HOLD_STAKES) > math.log(40)


@pytest.mark.parametrize("stakes", [GAIN_STAKES, HOLD_STAKES])
@pytest.mark.parametrize(("up", "down"), [(0.3, 0.3), (0.02, 0.02), (0.05, 0.06)])
def test_wealth_against_a_true_hypothesis_rarely_reaches_20_at_any_look(
    stakes: tuple[float, ...], up: float, down: float
):
    """Ville: at most 1 in 20, looking after every 20 of 600 items."""
    rng, paths, reached = np.random.default_rng(7), 400, 0
    for _ in range(paths):
        scores = rng.choice([1.0, -1.0, 0.0], 600, p=[up, down, 1 - up - down])
        looks = (log_e_value(scores[:end], 0.0, stakes) for end in range(20, 601, 20))
        reached += any(look >= math.log(20) for look in looks)
    assert reached <= 0.05 * paths + 2 * math.sqrt(0.05 * 0.95 * paths)


def test_strata_in_fixed_proportion_are_fair_at_the_end_of_a_batch():
    """Three items that win 0.2 on average for every one that loses 0.6: the mix gains nothing."""
    rng, mean = np.random.default_rng(8), 0.0
    for _ in range(4000):
        gain = rng.choice([1.0, -1.0], 12, p=[0.6, 0.4])
        loss = rng.choice([1.0, -1.0], 4, p=[0.2, 0.8])
        mean += math.exp(log_e_value(np.concatenate([gain, loss]), 0.0)) / 4000
    assert mean <= 1.05


@pytest.mark.parametrize(("up", "down"), [(0.4, 0.1), (0.05, 0.05), (0.95, 0.0), (0.0, 0.0)])
def test_the_interval_covers_the_effect_even_where_one_stops_on_it(up: float, down: float):
    rng, paths, missed = np.random.default_rng(9), 300, 0
    for _ in range(paths):
        scores = rng.choice([1.0, -1.0, 0.0], 512, p=[up, down, 1 - up - down])
        bounds = [interval(scores[:end]) for end in (16, 32, 64, 128, 256, 512)]
        missed += any(not low <= up - down <= high for low, high in bounds)
    assert missed <= 0.05 * paths + 2 * math.sqrt(0.05 * 0.95 * paths)


def test_the_interval_narrows_around_the_effect():
    scores = np.array([1.0, 0.0, 0.0, -1.0, 1.0] * 400)
    low, high = interval(scores)
    assert 0.1 < low < 0.2 < high < 0.3
    assert json.dumps([low, high])
