import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor.judge.medians import log_above, log_below, median

RATIOS = st.lists(st.floats(0.01, 100.0), min_size=1, max_size=60)


@given(RATIOS)
def test_the_interval_begins_and_ends_at_ratios_around_the_median(ratios: list[float]):
    found = median(np.array(ratios))
    assert found.low <= found.value <= found.high
    assert found.low in {0.0, *ratios}
    assert found.high in {math.inf, *ratios}


@given(RATIOS, st.floats(0.01, 100.0))
def test_only_the_side_of_the_bound_counts(ratios: list[float], bound: float):
    stretched = np.array([ratio * 1e6 if ratio >= bound else ratio / 1e6 for ratio in ratios])
    assert log_above(np.array(ratios), bound) == log_above(stretched, bound)
    assert log_below(np.array(ratios), bound) == log_below(stretched, bound)


@given(RATIOS)
def test_the_interval_is_what_the_sign_test_does_not_speak_against(ratios: list[float]):
    found, values, needed = median(np.array(ratios)), np.array(ratios), math.log(40)
    if found.low:
        assert log_above(values, found.low) >= needed
        assert log_above(values, np.nextafter(found.low, math.inf)) < needed
    if found.high < math.inf:
        assert log_below(values, np.nextafter(found.high, math.inf)) >= needed


def test_no_ratios_are_no_evidence():
    assert median(np.array([])).low == 0.0
    assert median(np.array([])).kept()["high"] is None
    assert log_above(np.array([]), 1.0) == log_below(np.array([]), 1.0) == 0.0


def test_a_few_wild_ratios_do_not_matter():
    ratios = np.array([2.0] * 30 + [1e-9, 1e9])
    assert (median(ratios).low, median(ratios).value, median(ratios).high) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize("kept", [0.0, 0.95])
def test_the_interval_covers_the_median_even_where_one_stops_on_it(kept: float):
    """Cauchy noise, looked at after every eight of 160 heats, which resemble each other or not.

    The order within a heat is a coin: noise that lasts, signed by coins, is a coin again.
    """
    rng, paths, missed = np.random.default_rng(3), 100, 0
    for _ in range(paths):
        noise = np.abs(rng.standard_cauchy(160))
        for turn in range(1, 160):
            noise[turn] = kept * noise[turn - 1] + (1 - kept) * noise[turn]
        ratios = 1.5 * np.exp(np.clip(noise * rng.choice([-1.0, 1.0], 160), -300, 300))
        looks = [median(ratios[:end]) for end in range(8, 161, 8)]
        missed += any(not look.low <= 1.5 <= look.high for look in looks)
    assert missed <= 0.05 * paths + 2 * math.sqrt(0.05 * 0.95 * paths)
