"""Which function to believe, and which tests: what functions and tests that were written apart
agree on, after CodeT (Chen et al., 2022).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from successor.writing.cases import Case

Passed: TypeAlias = tuple[bool, ...]
"""Of one function, for each case."""
MOST_ASIDE = 4
"""One case in so many may be set aside as a slip of who wrote it; with more, none is."""
LEAST_SUITES = 2
"""Suites of which a case has to be passed, unless fewer were written."""


@dataclass(frozen=True)
class Settled:
    """What the cases say of the function that was chosen."""

    passed: tuple[Case, ...]
    failed: tuple[Case, ...]
    """Those that stand."""
    aside: tuple[Case, ...]
    """Those that count for nothing, as they stand alone."""
    lacking: str
    """Why what was passed is too little; "" when it is not."""

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the function, and enough for it."""
        return not self.failed and not self.lacking


def choose(rows: Sequence[Passed]) -> int:
    """The first function of the set whose agreement weighs most.

    Functions that pass the same cases are a set. It weighs the cases that it passes times the
    square root of its size: a mistake that is made twice is not twice as true.
    """
    sizes = Counter(rows)
    return max(
        range(len(rows)), key=lambda n: (math.sqrt(sizes[rows[n]]) * sum(rows[n]), sum(rows[n]), -n)
    )


def settle(cases: Sequence[Case], rows: Sequence[Passed], chosen: int, suites: int) -> Settled:
    """What becomes of each case.

    One that the function fails is set aside when fewer than half of all functions pass it, and
    no other suite objects to what the function does with the same arguments, or one even expects
    it; and none is, when there would be too many.
    """
    mine = rows[chosen]
    passed = [case for case, met in zip(cases, mine, strict=True) if met]
    failed = [place for place, met in enumerate(mine) if not met]
    aside = [place for place in failed if _stands_alone(place, cases, rows, mine)]
    if len(aside) > max(1, len(cases) // MOST_ASIDE):
        aside = []
    behind = {case.suite for case in passed}
    least = min(LEAST_SUITES, suites)
    lacking = "" if len(behind) >= least else (
        f"held-out tests of {least} suites should pass, and those of {len(behind)} do"
    )  # fmt: skip
    return Settled(
        tuple(passed),
        tuple(cases[place] for place in failed if place not in aside),
        tuple(cases[place] for place in aside),
        lacking,
    )


def _stands_alone(place: int, cases: Sequence[Case], rows: Sequence[Passed], mine: Passed) -> bool:
    if 2 * sum(row[place] for row in rows) >= len(rows):
        return False
    case = cases[place]
    others = [
        met
        for other, met in zip(cases, mine, strict=True)
        if other.suite != case.suite and repr(other.call) == repr(case.call)
    ]
    return any(others) or not others
