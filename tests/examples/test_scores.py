"""What solutions cost, on cases small enough to check by hand."""

from __future__ import annotations

from fractions import Fraction
from math import pi, sqrt
from random import Random

import pytest

from examples.loading import load

CIRCLES = load("circle_packing", "score")
BINS = load("bin_packing", "score")
OTHERS = load("bin_packing", "baselines")
INPUTS = load("bin_packing", "inputs")
TRIPS = load("tsp", "score")
FORMULAS = load("symbolic_regression", "score")


def test_circles_that_touch_are_a_packing() -> None:
    touching = [(0.25, 0.25, 0.25), (0.75, 0.25, 0.25)]
    assert CIRCLES.sum_of_radii(touching, 2) == Fraction(1, 2)


def test_an_overlap_too_small_for_floats_is_refused() -> None:
    assert 0.25 + 1e-17 == 0.25
    with pytest.raises(ValueError, match="circles 0 and 1 overlap"):
        CIRCLES.sum_of_radii([(0.25, 0.25, 0.25), (0.5, 0.25, 1e-17)], 2)


def test_a_circle_leaves_the_square_by_too_little_for_floats() -> None:
    assert 1 - 1e-17 == 1.0
    with pytest.raises(ValueError, match="circle 0 is not inside"):
        CIRCLES.sum_of_radii([(1.0, 0.5, 1e-17)], 1)


@pytest.mark.parametrize(
    "circle", [(0.5, 0.5, -0.1), (0.5, 0.5, 0.6), (float("inf"), 0.5, 0.1), (0.5, 0.5), (1, 1, 0)]
)
def test_what_is_no_circle_inside_the_square_is_refused(circle: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="circle"):
        CIRCLES.sum_of_radii([circle], 1)


def test_another_number_of_circles_is_refused() -> None:
    with pytest.raises(ValueError, match="26 circles"):
        CIRCLES.cost((), [(0.5, 0.5, 0.5)])


def test_the_cost_of_circles_is_what_the_bound_leaves() -> None:
    tiny = [((number + 0.5) / 26, 0.5, 1 / 64) for number in range(26)]
    assert CIRCLES.cost((), tiny) == pytest.approx(sqrt(26 / pi) - 26 / 64)


def test_bins_are_counted_and_never_too_full() -> None:
    items = [60, 60, 60, 90]
    assert BINS.bins_used(items, 150, [0, 0, 1, 1]) == 2
    assert BINS.cost((items, 150), [0, 0, 1, 1]) == pytest.approx(300 / 270 - 1)
    assert BINS.cost(([75, 75], 150), [1, 1]) == 0
    with pytest.raises(ValueError, match="bin 0 holds 180, of 150"):
        BINS.bins_used(items, 150, [0, 0, 0, 1])
    with pytest.raises(ValueError, match="True is no number of a bin"):
        BINS.bins_used([1], 150, [True])


def test_instances_are_as_published() -> None:
    items, capacity = INPUTS.draw(Random(1), 500)
    assert (len(items), capacity, min(items), max(items)) == (500, 150, 20, 100)
    sizes, capacity = INPUTS.draw_weibull(Random(1), 5000)
    assert capacity == 100
    assert min(sizes) >= 1
    assert max(sizes) <= 100
    assert sum(sizes) / 5000 == pytest.approx(39.7, abs=1)  # 39.75 in the published instances


@pytest.mark.parametrize(
    ("name", "bins"),
    [
        ("first fit", [0, 1, 0, 2]),
        ("best fit", [0, 1, 1, 2]),
        ("FunSearch, found for OR", [0, 1, 1, 2]),
    ],
)
def test_where_others_put_an_item(name: str, bins: list[int]) -> None:
    assert OTHERS.pack(OTHERS.BASELINES[name], [90, 97, 52, 100], 150) == bins


def test_funsearch_rather_opens_a_bin_than_leave_a_little_room() -> None:
    items = [100, 42]  # 8 would be left
    assert OTHERS.pack(OTHERS.best_fit, items, 150) == [0, 0]
    assert OTHERS.pack(OTHERS.funsearch_or, items, 150) == [0, 1]


def test_on_generated_instances_each_is_as_good_as_was_published() -> None:
    """Published for OR3: first fit 5.74%, best fit 5.37%, FunSearch 3.11% above the bound."""
    names = ("first fit", "best fit", "FunSearch, found for OR")
    instances = [INPUTS.draw(Random(f"OR3/{number}"), 500) for number in range(4)]
    bound = sum(OTHERS.lower_bound(*instance) for instance in instances)
    packed = {
        name: [OTHERS.pack(OTHERS.BASELINES[name], *each) for each in instances] for name in names
    }
    excess = {name: sum(len(set(bins)) for bins in packed[name]) / bound - 1 for name in names}
    assert 0.045 < excess["best fit"] < excess["first fit"] < 0.07
    assert 0.02 < excess["FunSearch, found for OR"] < 0.042


def test_the_program_begins_as_best_fit() -> None:
    program = load("bin_packing", "bin_packing")
    for number in range(5):
        instance = INPUTS.draw(Random(number), 100)
        assert program.pack(*instance) == OTHERS.pack(OTHERS.best_fit, *instance)


def test_a_trip_is_closed() -> None:
    square = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]
    assert TRIPS.cost((square,), [0, 1, 2, 3]) == 4 / 2
    assert TRIPS.cost((square,), [0, 2, 1, 3]) == pytest.approx((2 + 2 * sqrt(2)) / 2)
    with pytest.raises(ValueError, match="every city once"):
        TRIPS.cost((square,), [0, 1, 2, 2])


def test_the_law_itself_costs_next_to_nothing() -> None:
    points = [-1.0, 0.0, 0.5]
    told = [FORMULAS.law(x) for x in points]
    assert FORMULAS.cost((points,), told) == FORMULAS.NEGLIGIBLE
    assert FORMULAS.cost((points,), [each + 0.5 for each in told]) == pytest.approx(0.5)
