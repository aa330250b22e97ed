import pytest
from factorial import factorial


def test_first_factorials():
    assert [factorial(n) for n in range(6)] == [1, 1, 2, 6, 24, 120]


def test_exact_when_large():
    assert factorial(25) == 15511210043330985984000000


def test_negative_numbers_are_refused():
    with pytest.raises(ValueError, match="negative"):
        factorial(-1)
