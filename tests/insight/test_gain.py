import math

import numpy as np
import pytest

from successor.insight.gain import Point, gain
from successor.insight.gain.classes import classes, in_both
from successor.insight.gain.rates import times
from successor.insight.gain.record import resampled
from successor.insight.share import Share
from successor.types import Draw, Exam, Slice

DRAW = Draw("training", 1, ())


def test_doubling_every_generation_and_every_two_minutes():
    found = gain([Point(g, 2.0 * g + 3, 8.0 * 2**g) for g in range(5)])
    assert found.per_generation
    assert found.per_generation.doublings == pytest.approx(1.0)
    assert found.per_generation.interval == pytest.approx((1.0, 1.0))
    assert found.per_hour
    assert found.per_hour.doublings == pytest.approx(30.0)
    assert found.per_usd is None, "nothing was paid"


def test_two_points_make_a_line_without_an_interval_and_one_makes_none():
    two = gain([Point(0, 1.0, 8.0), Point(1, 2.0, 16.0)])
    assert two.per_generation
    assert two.per_generation.doublings == pytest.approx(1.0)
    assert two.per_generation.interval is None
    assert gain([Point(0, 1.0, 8.0)]).per_hour is None
    assert gain([]).per_generation is None


def test_a_version_of_value_0_has_no_logarithm_and_is_left_out():
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


def test_what_was_paid_is_a_rate_of_its_own():
    found = gain([Point(g, g, 4.0**g, usd=0.5 * g) for g in range(4)])
    assert found.per_usd
    assert found.per_usd.doublings == pytest.approx(4.0)


def test_how_many_times_the_start_with_an_interval_of_both():
    found = times(2.0, 8.0, (1.0, 4.0), (4.0, 16.0))
    assert found
    assert found[0] == 4.0
    far = 2 ** math.hypot(1, 1)  # a doubling of doubt on either side, at both ends
    assert found[1] == pytest.approx((4 / far, 4 * far))
    assert times(0.0, 8.0, (0.0, 1.0), (4.0, 16.0)) is None


def test_a_start_that_may_be_nothing_leaves_the_factor_without_an_upper_bound():
    found = times(2.0, 8.0, (0.0, 4.0), (8.0, 8.0))
    assert found
    assert found[1] == (pytest.approx(2.0), math.inf)


def test_intervals_of_times_cover_the_truth():
    rng, runs, covered = np.random.default_rng(5), 1000, 0
    reach = 1.96 * 0.2
    for _ in range(runs):
        first, last = np.log(3.0) + 0.2 * rng.normal(), np.log(24.0) + 0.2 * rng.normal()
        ends = [tuple(np.exp([x - reach, x + reach])) for x in (first, last)]
        found = times(math.exp(first), math.exp(last), ends[0], ends[1])
        assert found
        covered += found[1][0] <= 8.0 <= found[1][1]
    assert 0.935 * runs <= covered <= 0.965 * runs


def exam(**slices: tuple[float, ...]) -> Exam:
    names = {name.replace("_", "/"): scores for name, scores in slices.items()}
    return Exam("v", DRAW, tuple(Slice(name, 1.0, scores) for name, scores in names.items()))


def test_failures_by_class_leave_speed_aside():
    found = classes(
        exam(tests=(1.0, 0.0, 0.0), errors_3=(0.0,), speed_3=(0.5,)),
        exam(tests=(1.0, 1.0, 0.0), accuracy_3=(0.9,), speed_3=(0.7,)),
    )
    assert {each.name: (each.before, each.after) for each in found} == {
        "tests": (Share(2, 3), Share(1, 3)),
        "errors/3": (Share(1, 1), Share(0, 0)),
        "accuracy/3": (Share(0, 0), Share(1, 1)),
    }
    assert in_both(found) == (Share(2, 3), Share(1, 3)), "of what both were asked"


def test_a_gain_is_as_sure_as_its_items_agree():
    scores = [r / (1 + r) for r in (3.0, 4.0, 5.0, 4.0, 4.0, 4.0, 3.0, 5.0)]
    low, high = resampled(exam(speed_3=tuple(scores), tests=(1.0,)), "speedup")
    assert 3.0 < low < 4.0 < high < 5.0
    assert resampled(exam(speed_3=(0.8,) * 8), "speedup") == pytest.approx((4.0, 4.0))
