from bisection import count


def test_all():
    assert count([1, 2, 3], 0, 9) == 3


def test_none():
    assert count([], 0, 9) == 0
    assert count([1, 2, 8], 3, 7) == 0


def test_bounds_belong_to_it():
    assert count([1, 2, 3, 4, 5], 2, 4) == 3


def test_repeated():
    assert count([2, 2, 2, 5], 2, 2) == 3


def test_turned_round():
    assert count([1, 2, 3], 3, 1) == 0
