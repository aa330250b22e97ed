import pytest
from coins import ways


def test_nothing_is_paid_in_one_way():
    assert ways(0, [1, 2]) == 1


def test_no_coins():
    assert ways(3, []) == 0


def test_small():
    assert ways(4, [1, 2]) == 3
    assert ways(5, [1, 2, 5]) == 4


def test_not_to_be_paid():
    assert ways(3, [2]) == 0


def test_debts():
    assert ways(-1, [1]) == 0


def test_worthless():
    with pytest.raises(ValueError):
        ways(2, [0])
