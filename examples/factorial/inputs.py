"""Arguments of `factorial`: most are near the size, a few are small or negative."""

from random import Random


def draw(random: Random, size: int) -> tuple[int]:
    """The number to ask; `size` is the largest."""
    if random.random() < 0.1:
        return (random.randint(-3, 3),)
    return (random.randint(size - size // 4, size),)
