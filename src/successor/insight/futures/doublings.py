"""Davidson & Houlden, "How quick and big would a software intelligence explosion be?", 2025.

From the day on which AI research is automated, software doubles in ever shorter or longer times:

    S <- 2 S;  t <- t + dt;  r <- r - r0 / D;  dt <- dt * 2^(p (1/r - 1))

until r <= 0 or D doublings, with dt0 = 3 months / f, the speed-up f at the start; r0, the returns
to software research; p, how little it parallelises; and D doublings to the limit of what software
can reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DOUBLINGS_A_YEAR = 4.0
"""Of software, lately."""
SHARE = 0.5
"""Of recent progress that was software: a year of all progress is 8 doublings of software."""


@dataclass(frozen=True)
class Priors:
    """Ranges that the authors draw from; all but the years are uniform in logarithms."""

    speedup: tuple[float, float] = (2.0, 32.0)
    returns: tuple[float, float] = (0.4, 3.6)
    years_to_limit: tuple[float, float] = (6.0, 16.0)
    """Years of recent progress until software can get no better."""
    parallel: tuple[float, float] = (0.15, 0.6)
    retraining: bool = False
    """Whether better training has to be waited for: exponents x become x / (1 + |x|)."""


@dataclass(frozen=True)
class Question:
    """Is there a period in which progress is so many times as fast as lately?"""

    years: float
    factor: float

    @property
    def doublings(self) -> int:
        """Of software, in that period."""
        return int(self.years * self.factor * DOUBLINGS_A_YEAR / SHARE)


QUESTIONS = (
    Question(1.0, 3.0),
    Question(1.0, 10.0),
    Question(1 / 3, 10.0),
    Question(1 / 3, 30.0),
)
PUBLISHED = (0.56, 0.17, 0.41, 0.12)
"""The authors' answers to these."""


def paths(priors: Priors, draws: int, seed: int) -> Array:
    """(doublings, draws): years until software has doubled so often; NaN when it never does."""
    rng = np.random.default_rng(seed)

    def logs(ends: tuple[float, float]) -> Array:
        return np.exp(rng.uniform(math.log(ends[0]), math.log(ends[1]), draws))

    speedup, start = logs(priors.speedup), logs(priors.returns)
    limit = rng.uniform(*priors.years_to_limit, draws) * DOUBLINGS_A_YEAR / SHARE
    parallel = logs(priors.parallel)
    r, step, now = start.copy(), 0.25 / speedup, np.zeros(draws)
    found = [now]
    going = np.ones(draws, dtype=bool)
    while going.any():
        now = np.where(going, now + step, np.nan)
        found.append(now)
        r = r - start / limit
        going = going & (r > 0) & (len(found) - 1 < limit)
        exponent = parallel * (1.0 / np.where(going, r, 1.0) - 1.0)
        if priors.retraining:
            exponent = exponent / (1.0 + np.abs(exponent))
        step = step * np.exp2(np.minimum(exponent, 60.0))
    return np.array(found)


def probability(times: Array, question: Question) -> float:
    """Share of paths with such a period."""
    many = question.doublings
    if many >= len(times):
        return 0.0
    taken = times[many:] - times[:-many]
    return float((np.where(np.isnan(taken), np.inf, taken).min(axis=0) <= question.years).mean())


def probabilities(
    priors: Priors, draws: int, seed: int, questions: Sequence[Question] = QUESTIONS
) -> tuple[float, ...]:
    """The answers to all."""
    times = paths(priors, draws, seed)
    return tuple(probability(times, question) for question in questions)
