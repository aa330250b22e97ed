"""Factorials, as they are defined."""


def factorial(n: int) -> int:
    """The product of the whole numbers from 1 to n; 1 for n = 0.

    Raises:
        ValueError: when n is negative.
    """
    if n < 0:
        raise ValueError("factorial of a negative number")
    if n == 0:
        return 1
    return n * factorial(n - 1)
