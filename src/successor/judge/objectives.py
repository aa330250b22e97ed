"""What should improve, and the evidence so far on each: scored, raced for, or weighed.

Every kind answers the same four questions with the natural log of an e-value: is the gain that
was asked for there, is less than that there, is nothing lost beyond the tolerance, is more lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from successor.judge.bout import Bout
from successor.judge.comparison import Comparison
from successor.judge.evidence import HOLD_STAKES, Scores, interval, log_e_value
from successor.judge.heats import Heats
from successor.judge.medians import Median, log_above, log_below, median
from successor.judge.trial import more, shares

_LEAST = 8
"""Heats in the smallest batch: about as many as could decide anything."""


@dataclass(frozen=True)
class Effect:
    """A difference of paired scores, candidate minus incumbent, in [-1, 1]; 0 is parity."""

    value: float = 0.0
    low: float = -1.0
    high: float = 1.0
    """The ends of its 95% interval, which holds wherever one stops."""


def mean_effect(differences: Scores) -> Effect:
    """The mean of paired differences; nothing is known without any."""
    return (
        Effect(float(differences.mean()), *interval(differences)) if len(differences) else Effect()
    )


class Objective(Protocol):
    """One of the things that should improve."""

    @property
    def hopeful(self) -> bool:
        """Whether it may still gain, by all that is known beforehand."""
        ...

    @property
    def items(self) -> int:
        """Items or heats so far."""
        ...

    @property
    def full(self) -> bool:
        """Whether no more may be asked."""
        ...

    def ask(self, evidence: float, needed: float) -> None:
        """As many fresh items as may suffice, when this much evidence is there and needed."""
        ...

    def gained(self) -> float: ...
    def less(self) -> float: ...
    def held(self) -> float: ...
    def worse(self) -> float: ...
    def effect(self) -> Effect:
        """How much better the candidate is."""
        ...

    def told(self) -> str:
        """What was found, in a few words."""
        ...

    def lost(self) -> tuple[str, ...]:
        """Where it is worst, for the list of what was not held."""
        ...

    def kept(self) -> object:
        """All that was measured, to be written down as JSON."""
        ...


@dataclass(frozen=True)
class Scored:
    """An objective marked item by item, in [0, 1].

    What is missing from a perfect score is its cost, and a gain makes that `factor` times
    smaller: on average, or on more than half of the items. Items that are right or wrong need
    the first. Graded scores that differ little, such as a loss after training, would need
    hundreds of items for it and a dozen for the second. The mean of both e-values speaks
    against "neither"; what must hold is the average alone, for few items may hide a disaster.
    """

    bout: Bout
    asked: Comparison
    room: float
    """What the incumbent's exam leaves to gain, in [0, 1]."""
    factor: float
    """How many times smaller what is missing has to become."""
    margin: float
    most: int

    @property
    def bound(self) -> float:
        """The mean gain asked for."""
        return self.room * (1.0 - 1.0 / self.factor)

    @property
    def hopeful(self) -> bool:
        return self.room > 0

    @property
    def items(self) -> int:
        return self.asked.items

    @property
    def full(self) -> bool:
        return self.items >= self.most

    def ask(self, evidence: float, needed: float) -> None:
        wanted = more(self.items, evidence, needed) or self.asked.mix.items
        self.asked.extend(self.bout, min(wanted, self.most - self.items))

    def gained(self) -> float:
        either = np.logaddexp(self._by_mean(), log_e_value(self._signs(), 0.0))
        return float(either) - math.log(2)

    def _by_mean(self) -> float:
        return log_e_value(self.asked.differences(), self.bound)

    def _signs(self) -> Scores:
        """1 for each item that gained what was asked for, -1 for each other."""
        gains = self.asked.differences()
        mended = (1.0 - 1.0 / self.factor) * (1.0 - self.asked.incumbent())
        return np.where((gains > 0) & (gains >= mended), 1.0, -1.0)

    def less(self) -> float:
        return log_e_value(-self.asked.differences(), -self.bound, HOLD_STAKES)

    def held(self) -> float:
        return log_e_value(self.asked.differences(), -self.margin, HOLD_STAKES)

    def worse(self) -> float:
        return log_e_value(-self.asked.differences(), self.margin)

    def effect(self) -> Effect:
        return mean_effect(self.asked.differences())

    def told(self) -> str:
        """The shares; and how many items gained, where that says more than the mean does."""
        signs, told = self._signs(), shares(self.asked)
        if log_e_value(signs, 0.0) <= max(self._by_mean(), 0.0):
            return told
        return f"{told}, of which {np.count_nonzero(signs > 0):,} gained"

    def lost(self) -> tuple[str, ...]:
        names = [name for name, _ in self.asked.mix.parts]
        means = [float(self.asked.differences(part).mean()) for part in range(len(names))]
        below = tuple(name for name, mean in zip(names, means, strict=True) if mean < 0)
        return below or tuple(names)

    def kept(self) -> object:
        return self.asked.kept()


@dataclass(frozen=True)
class Raced(Heats):
    """Speed: the median over heats, in equal parts of all sizes, of how many times as fast.

    The largest size, where the time goes, has to hold as all of them together do; a smaller one
    may lag. What a version does before the clock starts, while it is imported or on its first
    calls, has to be paid back within a heat of the largest size: nothing that a process does is
    free.
    """

    label = "race"

    def whole(self) -> Scores:
        """How many times as fast from the start of the processes on, where that is known."""
        last, _ = self.mix.parts[-1]
        heats = [heat for _, run in self.runs for heat in run if heat.slice == last]
        known = [heat.whole for heat in heats if min(heat.whole) > 0]
        return np.array([old / new for new, old in known], dtype=np.float64)

    def speed_up(self) -> Median:
        """How many times as fast, with its interval."""
        return median(self.ratios())

    def gained(self) -> float:
        return log_above(self.ratios(), self.factor)

    def less(self) -> float:
        return log_below(self.ratios(), self.factor)

    def held(self) -> float:
        """The least of all that must hold."""
        return min(log_above(ratios, 1 / (1 + most)) for ratios, most in self._bounds())

    def worse(self) -> float:
        return max(log_below(ratios, 1 / (1 + most)) for ratios, most in self._bounds())

    def _bounds(self) -> list[tuple[Scores, float]]:
        """Ratios, and the share by which they may be slower: all sizes together and the largest
        the tolerance; each other, and the whole of the processes, the lag.
        """
        *smaller, largest = (self.ratios(name) for name, _ in self.mix.parts)
        lagging = [*smaller, whole] if len(whole := self.whole()) else smaller
        near = [(self.ratios(), self.tolerance), (largest, self.tolerance)]
        return near + [(ratios, self.lag) for ratios in lagging]

    def effect(self) -> Effect:
        """The median of (s - 1) / (s + 1), with s how many times as fast: 1/3 is twice."""
        found = self.speed_up()
        return Effect(_on_scale(found.value), _on_scale(found.low), _on_scale(found.high))

    def told(self) -> str:
        found = self.speed_up()
        reach = f"{_times(found.low)} to {_times(found.high)}" if found.low else "not bounded yet"
        told = f"95% interval {reach}, median of {found.count:,} heats"
        for name, _ in self.mix.parts[:-1]:
            if (size := median(self.ratios(name)).value) * (1 + self.tolerance) < 1:
                told += f"; {_times(1 / size)} times as slow on {name}"
        if (whole := median(self.whole())).count and whole.value < 1:
            told += f"; {_times(1 / whole.value)} times as slow with what it does beforehand"
        return f"{_times(found.value)} times as fast ({told})"

    def lost(self) -> tuple[str, ...]:
        middles = {name: median(self.ratios(name)).value for name, _ in self.mix.parts}
        return tuple(name for name, middle in middles.items() if middle < 1) or (*middles,)

    def kept(self) -> object:
        by_size = {name: median(self.ratios(name)).kept() for name, _ in self.mix.parts}
        return {
            "draws": self.draws("heats"),
            "speed_up": self.speed_up().kept(),
            "by_size": by_size,
            "from_start": median(self.whole()).kept(),
        }


@dataclass(frozen=True)
class Weighed:
    """A cost that needs no sample: what is seen of it is certain."""

    name: str
    candidate: float
    incumbent: float
    factor: float
    tolerance: float

    items = 0
    full = True

    @property
    def hopeful(self) -> bool:
        return self.gained() > 0

    def ask(self, evidence: float, needed: float) -> None:
        """Nothing: it is known."""

    def gained(self) -> float:
        return _certain(so=self.candidate * self.factor <= self.incumbent > 0)

    def less(self) -> float:
        return -self.gained()

    def held(self) -> float:
        return _certain(so=self.candidate <= self.incumbent * (1 + self.tolerance))

    def worse(self) -> float:
        return -self.held()

    def effect(self) -> Effect:
        ratio = self.incumbent / self.candidate if self.candidate > 0 else math.inf
        return Effect(*[_on_scale(ratio)] * 3)

    def told(self) -> str:
        return f"{self.name} {self.candidate:,.6g} against {self.incumbent:,.6g}"

    def lost(self) -> tuple[str, ...]:
        return (self.name,)

    def kept(self) -> object:
        return {"candidate": self.candidate, "incumbent": self.incumbent}


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}"


def _on_scale(ratio: float) -> float:
    """A ratio as a difference of the shares that the two have of their sum, in [-1, 1]."""
    return 1.0 - 2.0 / (1.0 + ratio)


def _certain(*, so: bool) -> float:
    return math.inf if so else -math.inf
