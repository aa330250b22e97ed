import pytest
from rpn import value


def test_a_number():
    assert value("42") == 42


def test_operators():
    assert value("2 3 +") == 5
    assert value("7 2 -") == 5
    assert value("4 -3 *") == -12
    assert value("9 2 /") == 4


def test_nested():
    assert value("1 2 + 4 * 3 -") == 9


def test_operand_missing():
    with pytest.raises(ValueError):
        value("1 +")


def test_operator_missing():
    with pytest.raises(ValueError):
        value("1 2")
    with pytest.raises(ValueError):
        value("")


def test_division_by_0():
    with pytest.raises(ValueError):
        value("1 0 /")
