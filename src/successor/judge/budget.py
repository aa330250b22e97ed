"""The error budget of a whole run: how strong the evidence for the next candidate has to be.

e-LOND (Xu & Ramdas, "Online multiple testing with e-values", AISTATS 2024): the t-th candidate
is accepted when its e-value reaches 1 / alpha_t, where

    alpha_t = alpha * gamma_t * (promotions so far + 1),    sum of all gamma_t <= 1.

However the candidates depend on each other, the expected share of false ones among all that were
promoted is then at most alpha at every moment of an endless run; when no candidate is any good,
the chance of even one promotion is at most alpha. Counting promotions where the paper counts
rejections keeps that true when an overseer turns some of the good ones down: its numerator can
only get smaller, and alpha_t is never above what the promotions so far entitle it to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from successor.types import Record

LEAST_ALPHA = 1e-12
"""Error budget of a run that a judge can work with."""
_SUM = 2.109742801236892
"""Sum over n >= 2 of 1 / (n ln^2 n), OEIS A115563."""


class ErrorBudget(Protocol):
    """How much error the next judgement may spend."""

    def level(self, record: Record) -> float:
        """The level in (0, 1] of the next verdict: its e-value has to reach 1 / level."""
        ...


def gamma(judgement: int) -> float:
    """Share of the budget that the `judgement`-th verdict (from 1) may spend; they sum to 1.

    1 / ((t + 1) ln^2(t + 1)) falls about as slowly as anything whose sum is finite. While every
    candidate is promoted, the e-value needed then grows only with the square of a logarithm: 41
    for the first verdict, 209 for the seventh, 908 for the hundredth, 2,016 for the thousandth.
    The usual t^-1.6 would ask for up to 30% less until about the three hundredth verdict, and
    for more and more after it, as t^0.6; an endless recursion is better off with the logarithm.
    """
    return 1.0 / ((judgement + 1) * math.log(judgement + 1) ** 2 * _SUM)


@dataclass(frozen=True)
class WholeRun:
    """e-LOND over all verdicts on record."""

    alpha: float = 0.05
    """Largest expected share of false promotions, in (0, 1)."""

    def level(self, record: Record) -> float:
        """The level that the run has left for its next verdict."""
        verdicts = record.verdicts()
        better = {verdict.candidate for verdict in verdicts if verdict.outcome == "better"}
        promoted = {made.candidate for made in record.decisions() if made.outcome == "promoted"}
        share = gamma(len(verdicts) + 1) * (len(better & promoted) + 1)
        return min(1.0, self.alpha * share)


@dataclass(frozen=True)
class SingleTest:
    """The same level for every verdict, as if each were the only one. For measuring the test."""

    alpha: float = 0.05

    def level(self, record: Record) -> float:
        """The level of every verdict."""
        return self.alpha
