import numpy as np
import pytest

from successor.insight.gain import Point, gain


def test_doubling_every_generation_and_every_two_minutes():
    found = gain([Point(g, 2.0 * g + 3, 8.0 * 2**g) for g in range(5)])
    assert found.per_generation
    assert found.per_generation.doublings == pytest.approx(1.0)
    assert found.per_generation.interval == pytest.approx((1.0, 1.0))
    assert found.per_minute
    assert found.per_minute.doublings == pytest.approx(0.5)


def test_two_points_make_a_line_without_an_interval_and_one_makes_none():
    two = gain([Point(0, 1.0, 8.0), Point(1, 2.0, 16.0)])
    assert two.per_generation
    assert two.per_generation.doublings == pytest.approx(1.0)
    assert two.per_generation.interval is None
    assert gain([Point(0, 1.0, 8.0)]).per_minute is None
    assert gain([]).per_generation is None


def test_a_version_without_a_horizon_has_no_logarithm_and_is_left_out():
    found = gain([Point(0, 0.0, 0.0), *(Point(g, g, 2.0**g) for g in range(1, 4))])
    assert found.per_generation
    assert found.per_generation.doublings == pytest.approx(1.0)


def test_the_interval_covers_the_slope():
    rng, runs, covered = np.random.default_rng(1), 400, 0
    for _ in range(runs):
        noise = rng.normal(0, 0.3, 8)
        found = gain([Point(g, g, float(2 ** (0.7 * g + noise[g]))) for g in range(8)])
        assert found.per_generation
        assert found.per_generation.interval
        covered += found.per_generation.interval[0] <= 0.7 <= found.per_generation.interval[1]
    assert 0.92 * runs <= covered <= 0.98 * runs
