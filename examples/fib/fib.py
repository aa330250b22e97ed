"""Fibonacci numbers, as they are defined."""


def fib(n: int) -> int:
    """The n-th Fibonacci number: 0, 1, 1, 2, 3, 5, ...

    It calls itself about 1.6 ** n times.
    """
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
