"""Arguments of `fib`: no negative numbers, and for a size the number itself or one below."""

from random import Random


def draw(random: Random, size: int) -> tuple[int]:
    """The number to ask; `size` is the largest."""
    return (random.randint(max(0, size - 2), size),)
