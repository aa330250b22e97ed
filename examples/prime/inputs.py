"""Arguments of `is_prime`: primes, products of two near primes, and whatever comes."""

from math import isqrt
from random import Random

SMALL = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""Bases with which Miller-Rabin is right up to 3e23 (Sorenson and Webster, 2015)."""


def draw(random: Random, size: int) -> tuple[int]:
    """The number to ask; `size` is about the largest."""
    kind = random.choice(("prime", "prime", "product", "any"))
    if kind == "any":
        return (random.randint(-3, size),)
    if kind == "prime":
        return (next_prime(random.randint(size // 2, size)),)
    root = isqrt(size)
    return (next_prime(random.randint(root // 2, root)) * next_prime(random.randint(2, root)),)


def next_prime(n: int) -> int:
    """The smallest prime from n on."""
    n = max(n, 2)
    while not miller_rabin(n):
        n += 1
    return n


def miller_rabin(n: int) -> bool:
    """Whether n is prime, for n up to 3e23."""
    if n in SMALL:
        return True
    if n < 2 or any(n % base == 0 for base in SMALL):
        return False
    odd = n - 1
    twos = (odd & -odd).bit_length() - 1
    odd >>= twos
    return all(_passes(n, base, odd, twos) for base in SMALL)


def _passes(n: int, base: int, odd: int, twos: int) -> bool:
    power = pow(base, odd, n)
    if power in {1, n - 1}:
        return True
    for _ in range(twos - 1):
        power = power * power % n
        if power == n - 1:
            return True
    return False
