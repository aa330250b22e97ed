from spiral import spiral


def test_nothing():
    assert spiral([]) == []


def test_one_row():
    assert spiral([[1, 2, 3]]) == [1, 2, 3]


def test_one_column():
    assert spiral([[1], [2], [3]]) == [1, 2, 3]


def test_square():
    assert spiral([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) == [1, 2, 3, 6, 9, 8, 7, 4, 5]


def test_wide():
    assert spiral([[1, 2, 3, 4], [5, 6, 7, 8]]) == [1, 2, 3, 4, 8, 7, 6, 5]


def test_the_table_stays_as_it_is():
    rows = [[1, 2], [3, 4]]
    spiral(rows)
    assert rows == [[1, 2], [3, 4]]
