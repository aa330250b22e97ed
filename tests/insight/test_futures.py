"""Kinds of growth are told apart, or not; worlds behave as their equations say."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_t

from successor.errors import UsageError
from successor.insight.futures import milestones
from successor.insight.futures.doublings import (
    PUBLISHED,
    QUESTIONS,
    Priors,
    paths,
    probabilities,
    probability,
)
from successor.insight.futures.growth import (
    FEWEST,
    KINDS,
    Kind,
    bends,
    forecasts,
    posterior,
    told,
)
from successor.insight.futures.presets import PRESETS
from successor.insight.futures.world import World, changed, growth, simulate

RUNAWAY = World(
    doublings=4.0, labour=1.0, exponent=0.3, fishing_out=0.3, automated=1.0, review=0.0, years=5.0
)


def series(kind: Kind, points: int, noise: float, seed: int) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(seed)
    u = np.linspace(0.0, 1.0, points)
    logs = {
        "logistic": 5.0 - np.log1p(np.exp(-(u - 0.5) / 0.1)),
        "exponential": 5.0 * u,
        "superexponential": -2.0 * np.log(1.0 - u / 1.1),
    }[kind]
    logs = logs + noise * rng.standard_normal(points)
    return (2000.0 + 30.0 * u).tolist(), np.exp(logs).tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_clear_series_is_told(kind: Kind):
    right = [told(*series(kind, 40, 0.1, seed)).verdict == kind for seed in range(10)]
    assert sum(right) >= 8  # One in twenty has errors that hang together by chance.


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_short_noisy_series_the_data_cannot_tell(kind: Kind):
    for seed in range(10):
        found = told(*series(kind, 6, 0.8, seed))
        assert found.verdict in {None, kind}
    assert sum(told(*series(kind, 6, 0.8, seed)).verdict is None for seed in range(10)) >= 7


def test_a_few_points_tell_nothing_however_clear():
    found = told(*series("superexponential", FEWEST - 1, 0.0, 1))
    assert found.verdict is None
    assert found.reason == f"{FEWEST - 1} points; it takes {FEWEST}"
    assert sum(found.probabilities.values()) == pytest.approx(1.0)


def walk(rng: np.random.Generator) -> np.ndarray:
    return np.cumsum(0.15 + 0.15 * rng.standard_normal(40))


def breaking(rng: np.random.Generator) -> np.ndarray:
    """Growth whose rate doubles once, midway."""
    at = np.arange(40.0)
    return 0.1 * at + 0.1 * np.maximum(0, at - 20) + 0.1 * rng.standard_normal(40)


@pytest.mark.parametrize("made", [walk, breaking])
def test_errors_that_hang_together_tell_no_kind(made: Callable[[np.random.Generator], np.ndarray]):
    found = [
        told([*range(40)], np.exp(made(np.random.default_rng([5, seed]))).tolist())
        for seed in range(20)
    ]
    assert sum(each.verdict is None for each in found) >= 17
    assert sum("errors hang together" in each.reason for each in found) >= 8


def test_independent_errors_seldom_hang_together():
    found = [told(*series(kind, 20, 0.1, seed)) for kind in KINDS for seed in range(40)]
    hang = sum("errors hang together" in each.reason for each in found)
    assert hang <= 0.1 * len(found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_curve_without_noise_is_told_between_the_bends_of_a_grid(kind: Kind):
    u = np.linspace(0.0, 1.0, 40)
    logs = {
        "logistic": -np.log1p(np.exp(-(u - 0.513) / 0.1013)),
        "exponential": 3.0 * u,
        "superexponential": -1.3 * np.log(1 - u / 1.2345),
    }[kind]
    assert told(u.tolist(), np.exp(logs).tolist()).verdict == kind


def test_what_falls_is_not_said_to_double():
    times, values = series("exponential", 20, 0.1, 1)
    found = told(times, [1 / value for value in values])
    assert found.verdict == "exponential"
    assert found.meaning("exponential") == "declining: steady halvings"
    ever = told(*series("superexponential", 40, 0.1, 1))
    assert ever.meaning("superexponential").startswith("accelerating")
    faster = told(times, [1 / value for value in series("superexponential", 20, 0.1, 1)[1]])
    assert faster.meaning("superexponential").startswith("declining ever faster")
    noise = np.exp(0.3 * np.random.default_rng(1).standard_normal(20))
    assert "can't be told" in told(times, noise.tolist()).meaning("exponential")


def test_units_of_time_and_value_do_not_matter():
    times, values = series("logistic", 15, 0.2, 3)
    found, other = told(times, values), told([t / 365 for t in times], [1e6 * y for y in values])
    for kind in KINDS:
        assert found.probabilities[kind] == pytest.approx(other.probabilities[kind], abs=1e-3)


def test_the_evidence_is_the_density_of_the_points():
    rng = np.random.default_rng(1)
    u, logs = np.linspace(0, 1, 7), rng.standard_normal(7)
    for kind in KINDS:
        grid = bends(kind)
        offset, slope = grid.features(u)
        found = posterior(grid, u, logs)
        for at in (0, len(grid.values) // 2):
            design = np.stack([np.ones(7), slope[at]], axis=1)
            prior = posterior(grid, u[:0], logs[:0])
            spread = np.eye(7) + design @ prior.covariance[at] @ design.T
            density = multivariate_t.logpdf(
                logs - logs[0] - offset[at],
                np.zeros(7),
                float(prior.rate[at] / prior.shape) * spread,
                df=int(2 * prior.shape),
            )
            assert found.log_evidence[at] == pytest.approx(float(density), abs=1e-6)


def test_forecasts_hold_what_comes_as_often_as_they_say():
    covered = 0
    for seed in range(60):
        times, values = series("exponential", 21, 0.2, seed)
        found = told(times[:16], values[:16])
        low, high = forecasts(found, [times[-1]], draws=1000)[0].most
        covered += low <= values[-1] <= high
    assert covered >= 48


def test_growth_that_may_have_no_end_is_forecast_without():
    times, values = series("superexponential", 40, 0.05, 2)
    far = forecasts(told(times, values), [2040.0])[0]
    assert math.isinf(far.most[1])
    assert math.isinf(far.median)


def test_davidson_and_houlden_are_reproduced():
    draws = 40_000
    found = probabilities(Priors(), draws, seed=7)
    for ours, theirs in zip(found, PUBLISHED, strict=True):
        # Theirs are rounded to two digits, and of fewer draws.
        assert abs(ours - theirs) < 0.005 + 4 * math.sqrt(theirs * (1 - theirs) / 10_000)
    assert [question.doublings for question in QUESTIONS] == [24, 80, 26, 80]


def test_doublings_stop_at_the_limit():
    fast = Priors((8.0, 8.0), (3.0, 3.0), (1.0, 1.0), (0.3, 0.3))
    times = paths(fast, 10, seed=1)
    assert len(times) == 9
    assert times[1, 0] == pytest.approx(0.25 / 8)
    steps = np.diff(times[:, 0])
    # r is 3 - 3/8 when the second step is set.
    assert steps[1] / steps[0] == pytest.approx(2 ** (0.3 * (1 / (3 - 3 / 8) - 1)))
    assert probability(times, QUESTIONS[0]) == 0.0


def test_a_phase_takes_as_long_as_the_integral_of_its_speed():
    for v0, v1 in pairwise(milestones.SPEEDS):
        whole, _ = quad(lambda share, a=v0, b=v1: 1 / (a * (b / a) ** share), 0, 1)
        assert milestones._pace(v0, v1) == pytest.approx(whole)
    found = milestones.years(20_000, seed=3)
    assert (np.diff(found, axis=1) >= 0).all()
    assert (found[:, 0] == 0).mean() == pytest.approx(milestones.AT_ONCE, abs=0.01)


@pytest.mark.parametrize(("r", "future"), [(0.5, "stalls"), (1.0, "compounds"), (2.0, "runs away")])
def test_returns_decide_what_becomes_of_full_automation(r: float, future: str):
    world = replace(RUNAWAY, fishing_out=0.3 / r, years=20.0)
    assert world.returns == pytest.approx(r)
    assert simulate(world).future == future


def test_successive_doublings_take_the_time_that_theory_says():
    found = simulate(replace(RUNAWAY, fishing_out=0.6))  # r = 0.5
    many = math.floor(math.log2(found.levels[-1]))
    ratio = (found.last / found.first) ** (1 / (many - 1))
    assert ratio == pytest.approx(2 ** (0.3 * (1 / 0.5 - 1)), rel=1e-3)


def test_review_bounds_labour_as_in_amdahls_law():
    world = World(labour=1.0, fishing_out=0.0, exponent=1.0, automated=0.9, review=0.1)
    assert world.most == pytest.approx(10.0)
    start, late = growth(world, 0.0, 0.0), growth(world, 0.0, 60.0)
    assert late / start == pytest.approx(10.0, rel=1e-6)
    assert growth(replace(world, capacity=2.0), 0.0, 60.0) / start == pytest.approx(19.0, rel=1e-6)


def test_complements_bound_what_labour_can_do():
    world = World(labour=0.5, rho=-0.4, fishing_out=0.0, automated=1.0, review=0.0)
    capped = growth(world, 0.0, 400.0) / growth(world, 0.0, 0.0)
    assert capped == pytest.approx(0.5 ** (1 / -0.4), rel=1e-3)  # 5.7


def test_a_ceiling_is_not_passed():
    world = replace(RUNAWAY, fishing_out=0.1, ceiling=2.0, years=50.0)
    found = simulate(world)
    assert found.end is None
    assert found.levels[-1] <= 100.0
    assert found.levels[-1] > 90.0
    assert found.future == "stalls"


@pytest.mark.parametrize("name", [*PRESETS])
def test_presets_can_be_and_are_cited(name: str):
    preset = PRESETS[name]
    found = simulate(preset.world)
    assert len(found.times) == len(found.levels) > 10
    assert preset.source
    assert preset.caveat


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"revew": 0.1}, "did you mean 'review'"),
        ({"review": 2.0}, "review = 2: should be between 0 and 1"),
        ({"automated": 1.0, "review": 0.5}, "at most 1 together"),
        ({"rho": 1.5}, "rho = 1.5: should be at most 1"),
        ({"speed": 0.0}, "speed = 0: should be above 0"),
        ({"doublings": math.inf}, "should be finite"),
    ],
)
def test_a_world_that_cannot_be_is_refused(wishes: dict[str, float], message: str):
    with pytest.raises(UsageError, match=message):
        changed(World(), wishes)
