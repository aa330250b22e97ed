"""What a packing of circles is worth. You own this file; the machine never sees or runs it."""

from fractions import Fraction
from math import isfinite, pi, sqrt
from typing import Any

COUNT = 26
BOUND = sqrt(COUNT / pi)
"""No sum of radii reaches this: the circles would cover more than the square, 2.877 in all."""


def cost(arguments: tuple[Any, ...], answer: object) -> float:
    """How far the sum of radii stays below a bound that none can pass: lower is better.

    The best known sum, 2.636, comes to 0.241.

    Raises:
        ValueError: when it is no packing.
    """
    return BOUND - float(sum_of_radii(answer))


def sum_of_radii(answer: object, count: int = COUNT) -> Fraction:
    """The exact sum of radii of a packing, checked in exact arithmetic.

    Every float is a fraction; what is compared are squares of distances. No rounding is forgiven.

    Raises:
        ValueError: when it is not `count` circles in the square, or two of them overlap.
    """
    circles = [_exact(each) for each in _listed(answer, count)]
    for number, (x, y, radius) in enumerate(circles):
        if radius < 0 or not radius <= min(x, y, 1 - x, 1 - y):
            raise ValueError(f"circle {number} is not inside the square")
        for other, (left, up, reach) in enumerate(circles[:number]):
            if (x - left) ** 2 + (y - up) ** 2 < (radius + reach) ** 2:
                raise ValueError(f"circles {other} and {number} overlap")
    return sum((radius for _, _, radius in circles), Fraction())


def _listed(answer: object, count: int) -> list[Any]:
    if not isinstance(answer, list) or len(answer) != count:
        raise ValueError(f"not a list of {count} circles")
    return answer


def _exact(circle: object) -> tuple[Fraction, Fraction, Fraction]:
    match circle:
        case (float() as x, float() as y, float() as radius):
            if isfinite(x) and isfinite(y) and isfinite(radius):
                return Fraction(x), Fraction(y), Fraction(radius)
    raise ValueError(f"{circle!r} is no circle: should be three floats, (x, y, radius)")
