"""Where the law is measured."""

from random import Random


def draw(random: Random, size: int) -> tuple[list[float]]:
    """`size` points between -1 and 1."""
    return ([random.uniform(-1, 1) for _ in range(size)],)
