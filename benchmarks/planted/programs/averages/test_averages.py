import pytest
from averages import moving


def test_nothing():
    assert moving([]) == []


def test_alone():
    assert moving([2.0, 4.0, 9.0], 1) == [2.0, 4.0, 9.0]


def test_three():
    assert moving([1.0, 2.0, 6.0, 3.0]) == [1.5, 3.0, 3.667, 4.5]


def test_wider_than_there_are():
    assert moving([1.0, 3.0], 5) == [2.0, 2.0]


def test_even():
    with pytest.raises(ValueError):
        moving([1.0], 2)


def test_no_width():
    with pytest.raises(ValueError):
        moving([1.0], -1)
