"""What a round trip costs. You own this file; the machine never sees or runs it."""

from math import dist, sqrt
from typing import Any


def cost(arguments: tuple[Any, ...], answer: object) -> float:
    """Length of the closed trip over sqrt(cities): lower is better.

    The best trips through many cities in a square of side 1 come to about 0.7124 (Johnson,
    McGeoch and Rothberg, 1996); nearest neighbour to a quarter more.

    Raises:
        ValueError: when not every city is visited once.
    """
    (cities,) = arguments
    if not isinstance(answer, list) or any(type(each) is not int for each in answer):
        raise ValueError("not a list of numbers of cities")
    if sorted(answer) != list(range(len(cities))):
        raise ValueError("does not visit every city once")
    trip = [cities[number] for number in answer]
    return sum(map(dist, trip, [*trip[1:], *trip[:1]])) / sqrt(len(cities))
