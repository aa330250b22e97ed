"""How far a lab may come before its people have to say that it may go on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

from successor.oversight.base_cases import Measure
from successor.types import Exam, Record, Stop

THRESHOLD = "threshold"
"""What ends a run that came further than people signed for."""
GROWTH, ACCELERATION = "growth", "acceleration"
"""Of the headline measure: how many times as large it is as that of the version before, and how
many times as large the logarithm of that is as the one before."""


def passed(thresholds: Mapping[str, float], record: Record, measure: Measure) -> Stop | None:
    """Whether the incumbent has reached a threshold, by its own exam; each stays reached until
    people sign another, or something else is in charge.
    """
    incumbent = record.incumbent()
    if incumbent is None or not thresholds:
        return None
    exams = [record.exam(each.id) for each in record.lineage(incumbent.id)[-3:]]
    found = dict(_measured([each for each in exams if each is not None], measure))
    for name, most in thresholds.items():
        if found.get(name, -math.inf) >= most:
            told = f"{name} is {found[name]:,.4g}, and people signed for less than {most:,.4g}"
            return Stop(THRESHOLD, f"{told}: they have to sign a higher one", needs_human=True)
    return None


def _measured(exams: list[Exam], measure: Measure) -> Iterator[tuple[str, float]]:
    """What the last exam measures, and how that grew."""
    measures = [measure(each) for each in exams]
    yield from measures[-1].items() if measures else ()
    sizes = [next(iter(each.values()), 0.0) for each in measures]
    if len(sizes) < 2 or min(sizes) <= 0:
        return
    rates = [math.log(now / before) for before, now in pairwise(sizes)]
    yield GROWTH, math.exp(rates[-1])
    if len(rates) > 1 and rates[-2] > 0:
        yield ACCELERATION, rates[-1] / rates[-2]
