from merging import sort


def test_nothing():
    assert sort([]) == []


def test_two():
    assert sort([2, 1]) == [1, 2]
    assert sort([1, 2]) == [1, 2]


def test_several():
    assert sort([5, 3, 9, 1, 4]) == [1, 3, 4, 5, 9]


def test_repeated():
    assert sort([2, 1, 2, 1]) == [1, 1, 2, 2]


def test_a_copy():
    values = [7]
    assert sort(values) is not values
