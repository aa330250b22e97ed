"""The loop over scikit-learn beside which the horizon is timed."""

from __future__ import annotations

import json
import math

import pytest

from horizon import RESULT, fragment, p50


@pytest.mark.parametrize(
    ("intercept", "slope", "minutes"),
    [(2.0, -0.5, 16.0), (1.0, -1e-4, math.inf), (-1.0, -1e-4, 0.0)],
)
def test_a_draw_almost_without_a_slope_does_not_end_the_loop(
    intercept: float, slope: float, minutes: float
) -> None:
    assert p50(intercept, slope) == minutes


def test_a_loop_of_fewer_draws_says_so() -> None:
    found = json.loads(RESULT.read_text("utf-8"))
    assert "in proportion" not in fragment(found)
    assert "in proportion to 200 draws" in fragment({**found, "loop_draws": 200})
