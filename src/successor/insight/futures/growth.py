"""Three kinds of growth, fitted with all that is uncertain about them.

With time u in units of the span observed, from 0 to 1, and noise in ln y:

    logistic          ln y = a - ln(1 + exp(-(u - m) / w))      an S-curve, bent at m
    exponential       ln y = a + b u                            compounding
    superexponential  ln y = a - b ln(1 - u / T)                accelerating, to no end at T

Given the bend, (m, w) or T, each is linear, so that its evidence and its predictions have closed
forms (a normal-inverse-gamma prior: Student's t); the bend is summed over a grid. What is compared
is how well each kind predicts every point from those before it, in logarithms of density. The sum
of these scores is the evidence for a kind beyond the first few points, which belong to all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from successor.insight.futures.errors import hang_together

Array: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = Literal["logistic", "exponential", "superexponential"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEANINGS: dict[Kind, str] = {
    "logistic": "S-curve: it slows down",
    "exponential": "compounding: steady doublings",
    "superexponential": "accelerating: each doubling takes less time",
}
DECLINES: dict[Kind, str] = {
    **MEANINGS,
    "exponential": "declining: steady halvings",
    "superexponential": "declining ever faster: each halving takes less time",
}
STILL = "steady: whether it grows or declines can't be told"
FEWEST = 6
"""Points from which a kind is told; fewer leave nothing to predict."""
TRAINED = 4
"""First points that no kind is scored on."""
SURE = 0.95
"""Probability among the three from which a kind is told."""
_CLEAR = 0.975
"""Probability from which a series is said to rise or fall."""
SHAPE, RATE = 0.5, 0.02
"""Of the prior of the noise: one point's worth of 20%, so that a few points that happen to lie on
a curve say little."""
_WIDE = 10.0**2
"""Prior variance of a, in units of the noise's: hardly anything is known of the level."""
_STEEP = 5.0**2
"""Prior variance of b, likewise, over the least noise that is told apart."""


@dataclass(frozen=True)
class Bends:
    """A grid of bends of one kind: a column of shape for each, and what else is linear."""

    kind: Kind
    values: Array
    """(bends, parameters): (m, w), (T,), or nothing."""

    def features(self, u: Array) -> tuple[Array, Array]:
        """(offset, slope column) at times u, each (bends, times)."""
        match self.kind:
            case "logistic":
                middle, width = self.values[:, :1], self.values[:, 1:]
                return -np.logaddexp(0.0, -(u - middle) / width), np.zeros((len(middle), len(u)))
            case "exponential":
                return np.zeros((1, len(u))), u[None, :].copy()
            case "superexponential":
                with np.errstate(divide="ignore", invalid="ignore"):
                    grown = -np.log(1.0 - u / self.values[:, :1])
                return np.zeros_like(grown), np.where(np.isnan(grown), np.inf, grown)


def bends(kind: Kind) -> Bends:
    """Those that a series could show: an S-curve bent by its end or soon after, and an end of
    growth between just after the last point and three spans from the first.
    """
    match kind:
        case "logistic":
            middles, widths = np.linspace(-0.25, 1.25, 31), np.geomspace(0.03, 0.6, 16)
            grid = np.stack(np.meshgrid(middles, widths, indexing="ij"), axis=-1).reshape(-1, 2)
            return Bends(kind, grid)
        case "exponential":
            return Bends(kind, np.zeros((1, 0)))
        case "superexponential":
            return Bends(kind, 1.0 + np.geomspace(0.02, 2.0, 40)[:, None])


@dataclass(frozen=True)
class Posterior:
    """What the points say of one kind, for each bend of its grid."""

    grid: Bends
    log_evidence: Array
    mean: Array
    """(bends, 2): of a and b."""
    covariance: Array
    """(bends, 2, 2), over the variance of the noise."""
    shape: float
    rate: Array
    """Of the inverse gamma distribution of the noise's variance."""

    @property
    def total(self) -> float:
        """Ln of the evidence, all bends being as likely."""
        return float(np.logaddexp.reduce(self.log_evidence)) - math.log(len(self.log_evidence))

    @property
    def weights(self) -> Array:
        """Of the bends."""
        raised = np.exp(self.log_evidence - self.log_evidence.max())
        return raised / raised.sum()

    @property
    def falls(self) -> float:
        """Probability that b is below 0; an S-curve only rises."""
        from scipy.special import stdtr

        if self.grid.kind == "logistic":
            return 0.0
        scale = np.sqrt(self.rate / self.shape * self.covariance[:, 1, 1])
        chance = np.asarray(stdtr(2 * self.shape, -self.mean[:, 1] / scale), np.float64)
        return float(self.weights @ chance)


def posterior(grid: Bends, u: Array, logs: Array) -> Posterior:
    """Given points; with none, the prior."""
    offset, slope = grid.features(u)
    level = float(logs[0]) if len(logs) else 0.0
    y = logs - level - offset
    design = np.stack([np.ones_like(slope), slope], axis=-1)
    precision = np.diag([1 / _WIDE, 1 / _STEEP]) * RATE / SHAPE
    held = precision + np.einsum("kni,knj->kij", design, design)
    covariance: Array = np.asarray(np.linalg.inv(held), dtype=np.float64)
    moment = np.einsum("kni,kn->ki", design, y)
    mean = np.einsum("kij,kj->ki", covariance, moment)
    shape = SHAPE + len(logs) / 2
    rate = RATE + 0.5 * np.maximum(0.0, (y**2).sum(axis=1) - (mean * moment).sum(axis=1))
    evidence = (
        0.5 * (np.linalg.slogdet(precision)[1] - np.linalg.slogdet(held)[1])
        + SHAPE * math.log(RATE)
        - shape * np.log(rate)
        + math.lgamma(shape)
        - math.lgamma(SHAPE)
        - 0.5 * len(logs) * math.log(2 * math.pi)
    )
    mean = mean + np.array([level, 0.0])
    return Posterior(grid, evidence, mean, covariance, shape, rate)


@dataclass(frozen=True)
class Growth:
    """What a series says about how it grows."""

    probabilities: dict[Kind, float]
    """Of the three, as they predict the points beyond the first; equal before there are any."""
    scores: dict[Kind, float]
    """Mean ln density of a point, predicted from those before it; higher is better."""
    verdict: Kind | None
    """None when the data cannot tell."""
    reason: str
    posteriors: dict[Kind, Posterior]
    start: float
    span: float
    enough: bool = True
    """Whether there are points to tell anything of; else odds and scores are no measurements."""

    def meaning(self, kind: Kind) -> str:
        """What a kind is of these points, which may fall."""
        falls = self.posteriors[kind].falls
        if falls > _CLEAR:
            return DECLINES[kind]
        return STILL if falls > 1.0 - _CLEAR else MEANINGS[kind]


def told(times: Sequence[float], values: Sequence[float]) -> Growth:
    """Fit and compare.

    Args:
        times: ascending, at least two different ones.
        values: above 0.
    """
    moments, logs = np.asarray(times, float), np.log(np.asarray(values, float))
    start, span = float(moments[0]), float(moments[-1] - moments[0])
    u = (moments - start) / span
    after, scores = dict[Kind, Posterior](), dict[Kind, float]()
    scored = len(u) - TRAINED
    for kind in KINDS:
        grid = bends(kind)
        after[kind] = posterior(grid, u, logs)
        before = posterior(grid, u[:TRAINED], logs[:TRAINED])
        scores[kind] = after[kind].total - before.total if scored > 0 else 0.0
    best = max(scores.values())
    raised: dict[Kind, float] = {kind: math.exp(score - best) for kind, score in scores.items()}
    odds: dict[Kind, float] = {kind: value / sum(raised.values()) for kind, value in raised.items()}
    likely = max(KINDS, key=lambda kind: odds[kind])
    if len(u) < FEWEST:
        verdict, reason = None, f"{len(u)} points; it takes {FEWEST}"
    elif odds[likely] < SURE:
        share = f"{odds[likely]:.0%}"
        verdict, reason = None, f"the likeliest kind, {likely}, has {share}; it takes {SURE:.0%}"
    elif lag := _lag(after[likely], u, logs):
        near = f"correlate by {lag:.2f} with their neighbours"
        verdict, reason = None, f"the errors hang together: those of {likely} growth {near}"
    else:
        verdict, reason = likely, f"it predicts best by far: {odds[likely]:.1%} of the odds"
    mean: dict[Kind, float] = {kind: score / max(1, scored) for kind, score in scores.items()}
    return Growth(odds, mean, verdict, reason, after, start, span, len(u) >= FEWEST)


def _lag(found: Posterior, u: Array, logs: Array) -> float:
    """How much the errors about the best curve of a kind hang together; 0 when they may not."""

    def shape(bend: Array) -> tuple[Array, Array]:
        offset, slope = Bends(found.grid.kind, bend[None, :]).features(u)
        return offset[0], slope[0]

    grid = found.grid.values
    start = grid[int(np.argmax(found.log_evidence))]
    return hang_together(shape, start, (grid.min(axis=0), grid.max(axis=0)), logs)


def drawn(found: Growth, kind: Kind, times: Array, draws: int, rng: np.random.Generator) -> Array:
    """(draws, times): values that one kind predicts, infinite beyond the end of growth."""
    after = found.posteriors[kind]
    chosen = rng.choice(len(after.weights), size=draws, p=after.weights)
    variance = 1.0 / rng.gamma(after.shape, 1.0 / after.rate[chosen])
    offset, slope = after.grid.features((times - found.start) / found.span)
    roots = np.linalg.cholesky(after.covariance)[chosen]
    normal = rng.standard_normal((draws, 2, 1))
    spread = np.sqrt(variance)
    ab = after.mean[chosen] + (roots @ normal)[:, :, 0] * spread[:, None]
    with np.errstate(invalid="ignore", over="ignore"):
        rise = ab[:, 1:] * slope[chosen]
        logs = ab[:, :1] + offset[chosen] + np.where(np.isnan(rise), 0.0, rise)
        return np.exp(logs + rng.standard_normal(logs.shape) * spread[:, None])


@dataclass(frozen=True)
class Forecast:
    """What a series comes to at a time."""

    time: float
    median: float
    half: tuple[float, float]
    """50% interval; infinite where growth may have no end."""
    most: tuple[float, float]
    """90% interval."""


def forecasts(
    found: Growth,
    times: Sequence[float],
    kind: Kind | None = None,
    draws: int = 4000,
    seed: int = 42,
) -> tuple[Forecast, ...]:
    """By one kind, or by all three in proportion to their odds."""
    rng, at = np.random.default_rng(seed), np.asarray(times, float)
    odds: dict[Kind, float] = {kind: 1.0} if kind else found.probabilities
    parts = [drawn(found, k, at, round(draws * share), rng) for k, share in odds.items()]
    values = np.concatenate([part for part in parts if len(part)])
    ends = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0, method="nearest")
    return tuple(
        Forecast(
            float(time),
            float(column[2]),
            (float(column[1]), float(column[3])),
            (float(column[0]), float(column[4])),
        )
        for time, column in zip(at, ends.T, strict=True)
    )
