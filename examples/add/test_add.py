import pytest
from add import add


def test_whole_numbers():
    assert add(2, 3) == 5


def test_negative_numbers():
    assert add(-1, 1) == 0


def test_floats():
    assert add(0.1, 0.2) == pytest.approx(0.3)
