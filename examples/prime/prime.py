"""Is a number prime? Every smaller one is tried."""


def is_prime(n: int) -> bool:
    """Whether n has exactly two divisors."""
    if n < 2:
        return False
    for divisor in range(2, n):
        if n % divisor == 0:
            return False
    return True
