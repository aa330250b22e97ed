"""What answers cost, as an objective: both versions answer the same, and the cheaper is better."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from successor.judge.evidence import HOLD_STAKES, Scores, log_e_value
from successor.judge.heats import Heats
from successor.judge.medians import log_above, log_below, median
from successor.judge.objectives import Effect, mean_effect


@dataclass(frozen=True)
class Lowered(Heats):
    """Costs, pair by pair, as ratios: how many times lower the candidate's is.

    A gain is on average or on more than half of the pairs, and the mean of both e-values speaks
    against "neither". Pairs that differ by chance, or not at all, need the first; a small steady
    gain, such as in a loss after training, needs hundreds of pairs for it and a dozen for the
    second. What must hold is the average, for few pairs may hide a disaster. It is that of the
    base-2 logarithm, cut off at twice as good or bad, so that no single pair decides.
    """

    label = "cost"

    def logs(self, name: str | None = None) -> Scores:
        """Base-2 logarithms of the ratios, within [-1, 1]."""
        return np.clip(np.log2(self.ratios(name)), -1.0, 1.0)

    def gained(self) -> float:
        mean = log_e_value(self.logs(), min(1.0, math.log2(self.factor)))
        return _either(mean, log_above(self.ratios(), self.factor))

    def less(self) -> float:
        """Where the average is a gain so far, ties alone are no reason to give up."""
        logs, bound = self.logs(), min(0.99, math.log2(self.factor))
        mean, median = (
            log_e_value(-logs, -bound, HOLD_STAKES),
            log_below(self.ratios(), self.factor),
        )
        gains = len(logs) > 0 and float(logs.mean()) >= bound
        return min(mean, median) if gains else _either(mean, median)

    def held(self) -> float:
        """The least of all: over all sizes to the tolerance, and on each to the lag."""
        each = [log_e_value(self.logs(name), -self._lag, HOLD_STAKES) for name, _ in self.mix.parts]
        return min(log_e_value(self.logs(), -self._tolerance, HOLD_STAKES), *each)

    def worse(self) -> float:
        each = [log_e_value(-self.logs(name), self._lag) for name, _ in self.mix.parts]
        return max(log_e_value(-self.logs(), self._tolerance), *each)

    def effect(self) -> Effect:
        """The mean logarithm: 1 is half the cost, or less."""
        return mean_effect(self.logs())

    def told(self) -> str:
        found, (new, old) = median(self.ratios()), self._means()
        reach = f"{found.low:.3g} to {found.high:.3g}" if found.low else "not bounded yet"
        return (
            f"cost {new:.4g} against {old:.4g} on the same {self.items:,} fresh inputs "
            f"({found.value:.3g} times lower, 95% interval of the median {reach})"
        )

    def lost(self) -> tuple[str, ...]:
        means = {name: float(self.logs(name).mean()) for name, _ in self.mix.parts}
        return tuple(name for name, mean in means.items() if mean < 0) or (*means,)

    def kept(self) -> object:
        return {"draws": self.draws("costs"), "times_lower": median(self.ratios()).kept()}

    @property
    def _tolerance(self) -> float:
        return min(0.99, math.log2(1 + self.tolerance))

    @property
    def _lag(self) -> float:
        return min(0.99, math.log2(1 + self.lag))

    def _means(self) -> tuple[float, float]:
        pairs = [pair for _, run in self.runs for pair in run]
        new, old = ([p.candidate for p in pairs], [p.incumbent for p in pairs])
        return float(np.mean(new)), float(np.mean(old))


def _either(mean: float, median: float) -> float:
    """Natural log of the mean of two e-values."""
    return float(np.logaddexp(mean, median)) - math.log(2)
