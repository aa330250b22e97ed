"""One candidate against its incumbent: what is asked, in which order, and when it is enough."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from successor.judge.comparison import Comparison, Examiner
from successor.judge.evidence import HOLD_STAKES, log_e_value

LESS = math.log(40)
"""Evidence to give up on a gain worth having: a good candidate is lost with 1 in 40 at most."""
LOST = math.log(20)
"""Evidence to call a loss shown; short of it a loss is "not ruled out"."""
_COLLAPSED = math.log(1000)
"""Evidence for the collapse tripwire, which quarantines: wrong once in 1,000 at most."""


@dataclass(frozen=True)
class Settings:
    """How the paired judge judges. All scores and differences are shares in [0, 1]."""

    mastery: float = 0.95
    """From this share right on a slice is mastered: to be held, no longer to be gained on."""
    gain: float = 0.05
    """Smallest gain worth having, on the frontier mix; a candidate shown to bring less is
    given up early. It costs no validity: a smaller gain that is proven first still counts."""
    margins: tuple[float, ...] = (0.01, 0.02, 0.05)
    """Largest loss tolerated on the mastered slices, from the easiest group to the hardest.
    Showing that nothing was lost takes about ln(3 / level) / margin items when all pairs are
    equal: 660 at one point, 130 at five. Easy items cost next to nothing and must hold to the
    point; the hardest mastered ones cost the most, were mastered by 95% only, and what slips
    below that comes back as a weakness with the largest weight."""
    floor: float = 0.9
    """Tripwire: a mastered group has collapsed when less than this share is right."""
    most: int = 4096
    """Items after which a question is left open."""
    sealed: int = 128
    """Items of sealed slices: too few to show that nothing was lost there, enough to notice when a
    third of what was right is gone."""


@dataclass(frozen=True)
class Finding:
    """What came out of a trial."""

    outcome: Literal["better", "not better", "unclear"]
    reason: str
    regressions: tuple[str, ...] = ()
    tripwires: tuple[str, ...] = ()


@dataclass
class Trial:
    """The candidate has to show a gain, and then that every mastered group holds.

    Both kinds of evidence have to reach the same e-value. Since all of them have to, no
    correction for their number is due (an intersection-union test), and the error budget covers
    promotions that bring no gain and promotions that lose more than the margin alike.
    """

    examiner: Examiner
    settings: Settings
    needed: float
    """Natural log of the e-value to reach."""
    gain: Comparison
    holds: tuple[Comparison, ...]
    sealed: Comparison | None = None

    @property
    def items(self) -> int:
        """Items asked so far, each to both versions."""
        asked = (self.gain, *self.holds, *((self.sealed,) if self.sealed else ()))
        return sum(comparison.items for comparison in asked)

    def run(self) -> Finding:
        """Cheapest questions first, none that can no longer change the outcome."""
        if self.holds:
            self._ask(self.holds[0], self.holds[0].mix.items)
        found = self._collapse() or self._find_gain()
        for hold, margin in zip(self.holds, self.settings.margins, strict=False):
            found = found or self._find_loss(hold, margin)
        if self.sealed and not found:
            found = self._find_forgetting(self.sealed)
        return found or Finding("better", f"{self._told_gain()}{self._told_holds()}")

    def _find_gain(self) -> Finding | None:
        """None once a gain is shown."""
        evidence = 0.0
        while evidence < self.needed:
            if self.gain.items >= self.settings.most:
                return Finding("unclear", f"{self._told_gain()}: no gain shown")
            wanted = more(self.gain.items, evidence, self.needed)
            self._ask(self.gain, wanted or self.gain.mix.items, e_value=as_value(evidence))
            evidence = log_e_value(self.gain.differences(), 0.0)
            less = log_e_value(-self.gain.differences(), -self.settings.gain)
            if less >= LESS and evidence < self.needed:
                points = f"{100 * self.settings.gain:g} points"
                return Finding("not better", f"{self._told_gain()}: gains less than {points}")
        return None

    def _find_loss(self, hold: Comparison, margin: float) -> Finding | None:
        """None once the candidate is shown to lose no more than the margin."""

        def evidence() -> float:
            return log_e_value(hold.differences(), -margin, HOLD_STAKES) if hold.items else 0.0

        best = math.log1p(HOLD_STAKES[-1] * margin / (1.0 - margin))
        least = math.ceil((self.needed + math.log(len(HOLD_STAKES))) / best)
        while (reached := evidence()) < self.needed:
            if found := self._collapse():
                return found
            if hold.items and log_e_value(-hold.differences(), margin) >= LOST:
                return self._lost(hold, "not better", "worse")
            if hold.items >= self.settings.most:
                return self._lost(hold, "unclear", "not shown to hold")
            wanted = max(least - hold.items, more(hold.items, reached, self.needed))
            self._ask(hold, wanted, e_value=as_value(reached))
        return self._collapse()

    def _find_forgetting(self, sealed: Comparison) -> Finding | None:
        """None unless a loss is shown on what no author may train on.

        Its evidence is an e-value against "it lost nothing", looked at after every batch: a
        successor that forgets nothing is refused here once in 20 times at most.
        """
        while sealed.items < self.settings.sealed:
            self._ask(sealed, sealed.mix.items)
            if log_e_value(-sealed.differences(), 0.0) >= LOST:
                told = f"forgets what it was not trained on: {shares(sealed)}"
                return Finding("not better", told, _worse(sealed))
        return None

    def _collapse(self) -> Finding | None:
        for hold in self.holds:
            if not hold.items or hold.incumbent().mean() < self.settings.floor:
                continue
            if log_e_value(-hold.candidate(), -self.settings.floor) >= _COLLAPSED:
                told = f"collapse: {shares(hold)}, which the incumbent has mastered"
                return Finding("not better", told, _worse(hold), (told,))
        return None

    def _lost(
        self, hold: Comparison, outcome: Literal["not better", "unclear"], how: str
    ) -> Finding:
        return Finding(outcome, f"{how} on what was mastered: {shares(hold)}", _worse(hold))

    def _ask(self, comparison: Comparison, wanted: int, **figures: float) -> None:
        room = self.settings.most - comparison.items
        self.examiner.work.progress(
            "judging", self.items, self.items + wanted, threshold=as_value(self.needed), **figures
        )
        comparison.extend(self.examiner, min(wanted, room))

    def _told_gain(self) -> str:
        evidence = as_value(log_e_value(self.gain.differences(), 0.0))
        return f"{shares(self.gain)}, e-value {evidence:.3g} of {as_value(self.needed):.3g} needed"

    def _told_holds(self) -> str:
        if not self.holds:
            return ""
        first, last = self.holds[0].mix.parts[0][0], self.holds[-1].mix.parts[-1][0]
        return f"; holds on what was mastered, {first} to {last}"


def more(items: int, evidence: float, needed: float) -> int:
    """Items after which the evidence suffices if it goes on like this; at most twice as many."""
    rate = evidence / items if items else 0.0
    return items if rate <= 0 else min(items, math.ceil(1.1 * (needed - evidence) / rate))


def shares(comparison: Comparison) -> str:
    """How much either version had right, in words."""
    right, before = comparison.candidate().mean(), comparison.incumbent().mean()
    return (
        f"{100 * right:.1f}% right against {100 * before:.1f}% on the same "
        f"{comparison.items:,} fresh items of {comparison.mix.name}"
    )


def _worse(hold: Comparison) -> tuple[str, ...]:
    """The slices on which the candidate scored less, or all when it did on none."""
    names = [name for name, _ in hold.mix.parts]
    means = [float(hold.differences(part).mean()) for part in range(len(names))]
    worse = tuple(name for name, mean in zip(names, means, strict=True) if mean < 0)
    return worse or tuple(names)


def as_value(log: float) -> float:
    """exp, held below the largest number that can be written down."""
    return math.exp(min(log, 700.0))
