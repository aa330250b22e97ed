"""Cities anywhere in a square of side 1."""

from random import Random


def draw(random: Random, size: int) -> tuple[list[tuple[float, float]]]:
    """`size` cities."""
    return ([(random.random(), random.random()) for _ in range(size)],)
