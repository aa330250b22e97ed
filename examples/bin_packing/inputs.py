"""Instances as in the sets OR1 to OR4 of Beasley's OR-library, and Weibull ones."""

from random import Random

CAPACITY = 150
WEIBULL_CAPACITY = 100


def draw(random: Random, size: int) -> tuple[list[int], int]:
    """`size` items of 20 to 100, each as likely, for bins of 150; OR3 has 500 items."""
    return [random.randint(20, 100) for _ in range(size)], CAPACITY


def draw_weibull(random: Random, size: int) -> tuple[list[int], int]:
    """`size` items, Weibull of shape 3 and scale 45, cut to whole numbers, for bins of 100.

    Such instances were packed by Romera-Paredes et al. (2024), 5,000 items in the largest.
    """
    sizes = (random.weibullvariate(45, 3) for _ in range(size))
    return [min(max(int(each), 1), WEIBULL_CAPACITY) for each in sizes], WEIBULL_CAPACITY
