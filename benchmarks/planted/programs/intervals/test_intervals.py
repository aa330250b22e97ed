from intervals import merged


def test_nothing():
    assert merged([]) == []


def test_apart():
    assert merged([(5, 6), (1, 2)]) == [(1, 2), (5, 6)]


def test_overlapping():
    assert merged([(1, 4), (3, 8), (10, 12)]) == [(1, 8), (10, 12)]


def test_touching():
    assert merged([(1, 2), (2, 5)]) == [(1, 5)]


def test_one_within_another():
    assert merged([(1, 9), (2, 3), (8, 11)]) == [(1, 11)]


def test_empty_ones_are_left_out():
    assert merged([(4, 2), (1, 1), (7, 8)]) == [(1, 1), (7, 8)]
