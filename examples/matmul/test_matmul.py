import pytest
from matmul import matmul


def test_two_by_two():
    assert matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [[19, 22], [43, 50]]


def test_a_row_times_a_column():
    assert matmul([[1, 2, 3]], [[4], [5], [6]]) == [[32]]


def test_fractions_of_floats():
    assert matmul([[0.5]], [[0.2]])[0][0] == pytest.approx(0.1)


def test_whole_numbers_stay_whole():
    assert type(matmul([[2]], [[3]])[0][0]) is int


def test_large_whole_numbers_are_exact():
    assert matmul([[2**60, 1]], [[2**60], [1]]) == [[2**120 + 1]]


def test_whole_numbers_and_floats_mixed():
    assert matmul([[1, 0.5]], [[2], [4]]) == [[4.0]]


def test_columns_of_a_without_a_row_of_b():
    assert matmul([[1, 2, 3]], [[4], [5]]) == [[14]]


def test_too_few_columns():
    with pytest.raises(IndexError):
        matmul([[1]], [[2], [3]])
