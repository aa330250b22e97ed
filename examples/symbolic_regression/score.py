"""The law, and how far off a formula is. You own this file; the machine never sees or runs it."""

from math import sqrt
from typing import Any

NEGLIGIBLE = 1e-12
"""An error so small counts as this, so that any two formulas can be compared."""

LARGEST = 1e100
"""A larger number is no answer."""


def law(x: float) -> float:
    """The quartic of Koza (1992)."""
    return x**4 + x**3 + x**2 + x


def cost(arguments: tuple[Any, ...], answer: object) -> float:
    """Root mean square of what is off: lower is better.

    Raises:
        ValueError: when there is not one finite number for each point.
    """
    (points,) = arguments
    if not isinstance(answer, list) or len(answer) != len(points):
        raise ValueError(f"not a list of {len(points)} numbers")
    if not all(type(each) in {int, float} and -LARGEST < each < LARGEST for each in answer):
        raise ValueError("not all of it finite numbers")
    squares = [(law(x) - told) ** 2 for x, told in zip(points, answer, strict=True)]
    return max(NEGLIGIBLE, sqrt(sum(squares) / len(squares)))
