"""Returns to effort, off a line of versions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from successor.insight.futures.returns import going_on, returns
from successor.insight.futures.world import World


def line(beta: float, count: int, noise: float, rng: np.random.Generator) -> list[float]:
    """ln S at even times, 50 being what it would gain at the pace of the start."""
    u = np.linspace(0, 1, count)
    grown = np.log1p(beta * 50 * u) / beta if beta else 5 * u
    return np.exp(grown + noise * rng.normal(size=count)).tolist()


def test_too_little_is_not_fitted():
    assert returns([0.0, 1.0, 2.0], [1.0, 2.0, 3.0]) is None
    assert returns([1.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]) is None


def test_a_clear_line_gives_its_returns_and_pace():
    rng, minutes = np.random.default_rng(1), np.linspace(0, 120, 20).tolist()
    found = returns(minutes, line(0.5, 20, 0.02, rng))
    assert found
    assert found.r == pytest.approx(2.0, rel=0.1)
    assert found.r_interval[0] < 2.0 < found.r_interval[1] < 3.0
    assert found.rate.value == pytest.approx(50 / 26 / 2 / math.log(2), rel=0.15)


def test_steady_doublings_have_no_bound():
    found = returns(np.linspace(0, 60, 12).tolist(), [2.0**at for at in range(12)])
    assert found
    assert found.r_interval[1] == math.inf
    assert found.rate.value == pytest.approx(11.0, rel=0.1)


def test_the_interval_holds_the_truth():
    rng, held = np.random.default_rng(2), 0
    for _ in range(60):
        found = returns(np.linspace(0, 60, 8).tolist(), line(1.0, 8, 0.2, rng))
        assert found
        held += found.beta.interval[0] <= 1.0 <= found.beta.interval[1]
    assert held >= 53


def test_a_world_goes_on_with_what_the_record_says():
    found = returns(np.linspace(0, 60, 20).tolist(), line(0.5, 20, 0.02, np.random.default_rng(1)))
    assert found
    world, taken = going_on(World(labour=0.5, exponent=0.8), found, review=0.25)
    assert world.returns == pytest.approx(found.r), "whatever the weight of labour"
    assert (world.review, world.automated) == (0.25, 0.75)
    assert taken.keys() == {"doublings", "fishing_out", "review", "automated"}
    assert taken["review"] is None
