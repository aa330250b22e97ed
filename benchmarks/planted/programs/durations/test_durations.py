import pytest
from durations import seconds


def test_one_unit():
    assert seconds("45s") == 45
    assert seconds("2h") == 7200


def test_several():
    assert seconds("1h30m") == 5400
    assert seconds("1h2m3s") == 3723


def test_no_unit():
    with pytest.raises(ValueError):
        seconds("12")
    with pytest.raises(ValueError):
        seconds("")


def test_no_number():
    with pytest.raises(ValueError):
        seconds("1hm")


def test_no_such_unit():
    with pytest.raises(ValueError):
        seconds("3d")


def test_units_get_smaller():
    with pytest.raises(ValueError):
        seconds("5s1m")
    with pytest.raises(ValueError):
        seconds("5m1m")
