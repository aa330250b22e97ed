"""The loop over scikit-learn beside which the horizon is timed."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from horizon import RESULT, compared, fragment, p50, percentile_error


@pytest.mark.parametrize(
    ("intercept", "slope", "minutes"),
    [(2.0, -0.5, 16.0), (1.0, -1e-4, math.inf), (-1.0, -1e-4, 0.0)],
)
def test_a_draw_almost_without_a_slope_does_not_end_the_loop(
    intercept: float, slope: float, minutes: float
) -> None:
    assert p50(intercept, slope) == minutes


def test_the_error_of_a_percentile_is_that_of_its_draws() -> None:
    rng = np.random.default_rng(3)
    ends = [np.quantile(np.log2(rng.lognormal(size=1000)), 0.025) for _ in range(400)]
    told = [percentile_error(rng.lognormal(size=1000), 0.025) for _ in range(20)]
    assert np.mean(told) == pytest.approx(np.std(ends), rel=0.25)
    same = [compared(rng.lognormal(size=1000), rng.lognormal(size=1000)) for _ in range(20)]
    assert max(off / error for pair in same for off, error in pair) < 4
    other = compared(rng.lognormal(size=1000), 1.5 * rng.lognormal(size=1000))
    assert max(off / error for off, error in other) > 3


def test_what_chance_leaves_stands_beside_the_difference() -> None:
    told = fragment({**json.loads(RESULT.read_text("utf-8")), "ends_errors": 9.0, "ends": 16})
    assert "by 9.0 Monte Carlo standard errors of both; chance alone leaves 3.0 at most" in told


def test_a_loop_of_fewer_draws_says_so() -> None:
    found = json.loads(RESULT.read_text("utf-8"))
    assert "in proportion" not in fragment(found)
    assert "in proportion to 200 draws" in fragment({**found, "loop_draws": 200})
