from fib import fib


def test_first_numbers():
    assert [fib(n) for n in range(10)] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]


def test_each_is_the_sum_of_the_two_before():
    assert fib(20) == fib(19) + fib(18)
