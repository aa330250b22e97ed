import pytest
from shares import allocate


def test_even():
    assert allocate(100, [1, 1]) == [50, 50]


def test_what_is_left_goes_to_the_first_of_equals():
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]


def test_what_is_left_goes_to_the_largest_remainder():
    assert allocate(10, [1, 3, 2]) == [2, 5, 3]


def test_no_weight_no_part():
    assert allocate(7, [0, 2]) == [0, 7]


def test_nothing_to_weigh():
    with pytest.raises(ValueError):
        allocate(7, [])
    with pytest.raises(ValueError):
        allocate(7, [0, 0])
