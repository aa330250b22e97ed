import pytest
from roman import number


def test_letters_add_up():
    assert number("XVI") == 16
    assert number("III") == 3


def test_smaller_before_larger():
    assert number("IV") == 4
    assert number("MCMXCIX") == 1999


def test_case_and_space():
    assert number(" xl ") == 40


def test_nothing_is_no_numeral():
    with pytest.raises(ValueError):
        number("  ")


def test_other_letters():
    with pytest.raises(ValueError):
        number("XA")
