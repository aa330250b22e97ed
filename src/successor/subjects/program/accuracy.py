"""How far a float is from the right one, in units in the last place.

The right one is the float nearest to an exact answer. The exact answer comes from a reference
that the lab names, or from the original itself: asked with the fractions that its floats are
written as (0.1 as 1/10), code that only adds, multiplies and divides answers exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from successor.sandbox import Call, Value
from successor.subjects.program.agreement import same

Leaf = Callable[[Value], Value]
WRONG = math.inf


def as_written(call: Call) -> Call | None:
    """The call with the fraction that each float is written as; None when one is not finite."""
    try:
        return Call(
            tuple(_mapped(each, _fraction) for each in call.args),
            {name: _mapped(each, _fraction) for name, each in call.kwargs.items()},
        )
    except (ValueError, OverflowError):
        return None


def _fraction(value: Value) -> Value:
    if not isinstance(value, float):
        return value
    return Fraction(Decimal(repr(value)))  # raises ValueError or OverflowError: NaN, infinity


def _mapped(value: Value, change: Leaf) -> Value:
    match value:
        case list():
            return [_mapped(each, change) for each in value]
        case tuple():
            return tuple(_mapped(each, change) for each in value)
        case dict():
            return {key: _mapped(each, change) for key, each in value.items()}
        case _:
            return change(value)


def exact(value: Value) -> bool:
    """Whether every number in a reference's answer is exact."""
    match value:
        case list() | tuple():
            return all(exact(each) for each in value)
        case dict():
            return all(exact(each) for each in value.values())
        case float() | complex():
            return False
        case _:
            return True


def ulps(reference: Value, got: Value) -> float:  # noqa: PLR0911 - a line for each shape
    """The largest distance of any float of an answer, in units in the last place of the float
    nearest to the reference; infinite when the answer is of another shape.

    Whole numbers and all else have to be equal.
    """
    match reference, got:
        case ((list() | tuple()), (list() | tuple())):
            if type(reference) is not type(got) or len(reference) != len(got):
                return WRONG
            pairs = zip(reference, got, strict=True)
            return max((ulps(mine, theirs) for mine, theirs in pairs), default=0.0)
        case dict(), dict():
            if reference.keys() != got.keys():
                return WRONG
            return max((ulps(each, got[key]) for key, each in reference.items()), default=0.0)
        case ((int() | Fraction() | Decimal() | float()), float()):
            return _distance(reference, got)
        case ((Fraction() | Decimal() | float()), (int() | Fraction() | Decimal())):
            return 0.0 if reference == got else WRONG
        case _:
            return 0.0 if same(reference, got, 0.0) else WRONG


def _distance(reference: float | Fraction | Decimal, got: float) -> float:
    try:
        nearest = float(reference)
    except OverflowError:
        nearest = math.inf if reference > 0 else -math.inf
    if nearest == got or (math.isnan(nearest) and math.isnan(got)):
        return 0.0
    if not math.isfinite(nearest) or not math.isfinite(got):
        return WRONG
    return abs(got - nearest) / math.ulp(nearest)


def score(distance: float) -> float:
    """1 for the nearest float, 1/2 for its neighbour, 0 for no number at all."""
    return 1.0 / (1.0 + distance)
