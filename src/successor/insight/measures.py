"""What an exam measures, by the names that a target may use; higher is better for all of them.

Exams of models have a slice for each size and measure how far ability reaches. Exams of programs
have slices named KIND/SIZE, and measure how a version stands beside the first one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from successor.insight.horizon import measure as horizons
from successor.types import Exam, Slice

RATIOS = {"speed": "speedup", "cost": "gain"}
"""Kinds whose scores are s = r / (1 + r), with r how many times better than the first version."""
SHARES = {"accuracy": "accuracy", "errors": "errors", "agreement": "correct", "tests": "correct"}
"""Kinds whose scores are shares."""
HORIZONS = ("horizon", "reliable_horizon")
NAMES = (*HORIZONS, *dict.fromkeys([*RATIOS.values(), *SHARES.values()]))
"""All that a target may name."""
_LARGEST = 1.0 - 1e-12
"""A score of 1 would be an infinite ratio."""


def measure(exam: Exam) -> dict[str, float]:
    """The measures of an exam: horizons, or what a program has gained."""
    kinds = by_kind(exam.slices)
    if not kinds:
        return horizons(exam)
    found = {RATIOS[kind]: ratio(scores) for kind, scores in kinds.items() if kind in RATIOS}
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for kind, scores in kinds.items():
        if kind in SHARES:
            shares[SHARES[kind]] += scores
    return found | {name: sum(scores) / len(scores) for name, scores in shares.items()}


def by_kind(slices: Sequence[Slice]) -> Mapping[str, list[float]]:
    """The scores of a program's slices, those of one kind together; none for other subjects."""
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for part in slices:
        kind, _, _ = part.name.partition("/")
        if part.scores and (kind in RATIOS or kind in SHARES):
            kinds[kind] += part.scores
    return kinds


def ratio(scores: Sequence[float]) -> float:
    """Geometric mean of the ratios r that the scores r / (1 + r) stand for."""
    held = [min(max(score, 1.0 - _LARGEST), _LARGEST) for score in scores]
    return math.exp(sum(math.log(score / (1.0 - score)) for score in held) / len(held))
