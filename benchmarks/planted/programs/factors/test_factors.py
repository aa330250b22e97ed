import pytest
from factors import factors


def test_one():
    assert factors(1) == {}


def test_primes():
    assert factors(2) == {2: 1}
    assert factors(13) == {13: 1}


def test_powers():
    assert factors(8) == {2: 3}
    assert factors(9) == {3: 2}


def test_several():
    assert factors(60) == {2: 2, 3: 1, 5: 1}


def test_nothing_below_1():
    with pytest.raises(ValueError):
        factors(0)
    with pytest.raises(ValueError):
        factors(-4)
