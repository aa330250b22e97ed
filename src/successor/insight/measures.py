"""What an exam measures, by the names that a target may use; higher is better for all of them.

Exams of models have a slice for each size and measure how far ability reaches. Exams of programs
have slices named KIND/SIZE, and measure how a version stands beside the first one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from successor.insight.reach import measure as horizons
from successor.types import Exam

RATIOS = {"speed": "speedup", "cost": "gain"}
"""Kinds whose scores are s = r / (1 + r), with r how many times better than the first version."""
SHARES = {"accuracy": "accuracy", "errors": "errors", "agreement": "correct", "tests": "correct",
          "area": "area"}  # fmt: skip
"""Kinds whose scores are shares."""
HORIZONS = ("horizon", "reliable_horizon")
NAMES = (*HORIZONS, *dict.fromkeys([*RATIOS.values(), *SHARES.values()]))
"""All that a target may name."""
_LARGEST = 1.0 - 1e-12
"""A score of 1 would be an infinite ratio."""


def measure(exam: Exam) -> dict[str, float]:
    """The measures of an exam: horizons, or what a program has gained."""
    return gains({p.name: p.mean for p in exam.slices if p.scores}) or horizons(exam)


def gains(means: Mapping[str, float]) -> dict[str, float]:
    """The measures of a program, by the mean score of each slice; none of another subject's.

    A ratio is that of the largest size, where the time goes and what is around a call counts
    least; a share is the mean over all its slices.
    """
    kinds: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for name, mean in means.items():
        kind, _, size = name.partition("/")
        kinds[kind][size] = mean
    found = {name: ratio(kinds[kind]) for kind, name in RATIOS.items() if kind in kinds}
    for name in dict.fromkeys(SHARES.values()):
        shares = [
            mean for kind in kinds if SHARES.get(kind) == name for mean in kinds[kind].values()
        ]
        if shares:
            found[name] = sum(shares) / len(shares)
    return found


def is_right_or_wrong(slice_name: str) -> bool:
    """Whether the items of a slice are: of a model all, of a program neither speed, nor cost, nor
    the area under a curve.
    """
    kind, slash, _ = slice_name.partition("/")
    return kind not in {*RATIOS, "area"} if slash else kind != "area"


def ratio(scores: Mapping[str, float]) -> float:
    """The ratio r that the score r / (1 + r) of the largest size stands for."""
    score = scores[max(scores, key=lambda size: float(size or 0))]
    held = min(max(score, 1.0 - _LARGEST), _LARGEST)
    return held / (1.0 - held)
