"""There is one instance, and nothing to draw."""

from random import Random


def draw(random: Random, size: int) -> tuple[()]:
    """No arguments."""
    return ()
