import pytest
from calendar_days import day_of_year


def test_first():
    assert day_of_year(2023, 1, 1) == 1


def test_last():
    assert day_of_year(2023, 12, 31) == 365


def test_leap_years():
    assert day_of_year(2024, 3, 1) == 61
    assert day_of_year(2000, 12, 31) == 366
    assert day_of_year(2024, 2, 29) == 60


def test_no_leap_years():
    assert day_of_year(1900, 3, 1) == 60
    assert day_of_year(2023, 3, 1) == 60


def test_no_such_day():
    with pytest.raises(ValueError):
        day_of_year(2023, 2, 29)
    with pytest.raises(ValueError):
        day_of_year(2023, 4, 0)


def test_no_such_month():
    with pytest.raises(ValueError):
        day_of_year(2023, 13, 1)
    with pytest.raises(ValueError):
        day_of_year(2023, 0, 1)
