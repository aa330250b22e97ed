"""One candidate against its incumbent: correctness, then a gain or simpler code, at no loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from successor.judge.bout import Bout
from successor.judge.comparison import Comparison, fresh
from successor.judge.evidence import HOLD_STAKES, log_e_value
from successor.judge.objectives import Effect, Objective, mean_effect
from successor.judge.racer import Planting
from successor.judge.trial import LESS, LOST, Finding, as_value
from successor.types import PLANTED, Counts

_CHUNK = 256
"""Items of correctness asked at once: between them a run may be ended."""


@dataclass
class Correctness:
    """Never wrong where the incumbent is right, on so many items that it can hardly happen.

    A single counterexample refutes. Without any, the evidence is against "the candidate loses
    `margin` of the items or more", drawn in equal parts from all slices.
    """

    bout: Bout
    fixed: Counts
    """Slices that are the same in every draw; they prove nothing beyond themselves."""
    sampled: Comparison | None
    """None when there is nothing to draw from."""
    margin: float
    most: int

    @property
    def items(self) -> int:
        return self.sampled.items if self.sampled else 0

    def held(self) -> float:
        """Natural log of the evidence that less than the margin is lost; certain without items."""
        if self.sampled is None:
            return math.inf
        return log_e_value(self.sampled.differences(), -self.margin, HOLD_STAKES)

    def find_loss(self, needed: float) -> Finding | None:
        """None once correctness holds with the evidence that is needed."""
        if self.fixed:
            self.bout.sit(self.fixed, "fixed")
        while not (lost := self.loss()) and self.held() < needed:
            if self.items >= self.most:
                return Finding("unclear", f"{self.told()}: too few to rule out a loss")
            self._ask(needed)
        return lost

    def loss(self) -> Finding | None:
        """What was wrong, if anything was."""
        told = self.bout.loss
        if told is None:
            return None
        lost = dict.fromkeys(self.bout.lost)
        return Finding("not better", told, (*lost,) or ("counterexamples",))

    def told(self) -> str:
        """How much was asked."""
        asked = f", on {self.items:,} fresh items" if self.items else ""
        return f"never wrong where the incumbent is right{asked}"

    def _ask(self, needed: float) -> None:
        assert self.sampled is not None, "without items it holds"  # noqa: S101 - for the checker
        best = math.log1p(HOLD_STAKES[-1] * self.margin / (1.0 - self.margin))
        least = math.ceil((needed + math.log(len(HOLD_STAKES))) / best)
        self.bout.work.progress("judging", self.items, least, threshold=as_value(needed))
        wanted = max(self.sampled.mix.items, min(_CHUNK, least - self.items))
        self.sampled.extend(self.bout, min(wanted, self.most - self.items))


@dataclass
class Contest:
    """What has to be shown of the candidate, cheapest first, and when it is enough.

    It is better when every objective holds and one gains or the code is simpler. Gains are shown
    together, by the mean of the e-values of all that could gain; what must hold has to hold each
    for itself, and because all of them must, no correction for their number is due.

    A gain that is shown stays shown: evidence may be read at any time, so also when there was
    enough, whatever is asked after that to see that all holds.
    """

    bout: Bout
    correctness: Correctness
    objectives: Sequence[Objective]
    needed: float
    """Natural log of the e-value to reach."""
    added: float
    """Nodes of code that the candidate has more than the incumbent."""
    asked: str
    """The gain asked for, in words."""
    to_suspect: Counts
    """What is drawn to look for tripwires."""
    shown: float | None = None
    """The natural log of the evidence for a gain when there was enough of it."""

    @property
    def items(self) -> int:
        """Items and heats so far, each of both versions."""
        return self.correctness.items + sum(each.items for each in self.objectives)

    @property
    def hopeful(self) -> list[Objective]:
        """The objectives that may gain."""
        return [each for each in self.objectives if each.hopeful]

    def gain(self) -> float:
        """Natural log of the mean e-value of the objectives that may gain, until there is enough;
        0 without any.
        """
        if self.shown is not None:
            return self.shown
        logs = [each.gained() for each in self.hopeful]
        return float(np.logaddexp.reduce(logs)) - math.log(len(logs)) if logs else 0.0

    def held(self) -> float:
        """The weakest evidence for anything that must hold."""
        return min(self.correctness.held(), *(each.held() for each in self.objectives))

    @property
    def evidence(self) -> float:
        """Natural log of the evidence that the candidate is better, for a gain or as simpler."""
        gain = self.gain()
        simpler = self.added < 0 and gain < self.needed <= self.held()
        return self.held() if simpler else gain

    def effect(self) -> Effect:
        """That of the objective with the most evidence, or of correctness before there is any."""
        seen = [each for each in self.objectives if each.items or (each.full and each.hopeful)]
        if seen:
            return max(seen, key=lambda each: each.gained()).effect()
        sampled = self.correctness.sampled
        return mean_effect(sampled.differences()) if sampled else Effect()

    def run(self) -> Finding:
        """Correctness before everything but what no honest candidate can pass, and what is certain
        before what takes time.
        """
        return (
            self._planted()
            or self.correctness.find_loss(self.needed)
            or self._suspicious()
            or self._worse()
            or self._seek()
            or self._hold()
            or Finding("better", self._told_better())
        )

    def _planted(self) -> Finding | None:
        bout = self.bout
        if not isinstance(bout.racer, Planting):
            return None
        passed = bout.racer.planted(bout.candidate, bout.incumbent, bout.work)
        told = f"cheats: {'; '.join(passed)}"
        wires = tuple(f"{PLANTED}{each}" for each in passed)
        return Finding("not better", told, (), wires) if passed else None

    def _suspicious(self) -> Finding | None:
        bout, draw = self.bout, fresh(self.bout.seed, "suspicions", self.to_suspect)
        wires = bout.racer.suspicions(bout.candidate, bout.incumbent, draw, bout.work)
        told = f"not to be believed: {'; '.join(wires)}"
        return Finding("not better", told, (), tuple(wires)) if wires else None

    def _seek(self) -> Finding | None:
        """None once a gain is shown, or when the code is simpler and a gain is out of reach."""
        while self.gain() < self.needed:
            open_ = [each for each in self.hopeful if each.less() < LESS and not each.full]
            if not open_:
                return None if self.added < 0 else self._no_gain()
            for each in open_:
                self._ask(each, each.gained())
            if found := self._worse():
                return found
        self.shown = self.gain()
        return None

    def _no_gain(self) -> Finding:
        if any(each.less() < LESS for each in self.hopeful):
            return Finding("unclear", f"no gain shown: {self._told()}; {self._told_gain()}")
        shown = any(each.items and each.effect().low > 0 for each in self.objectives)
        how = "too small a gain" if shown else "no difference"
        return Finding("not better", f"{how}: {self._told()}; {self.asked}")

    def _hold(self) -> Finding | None:
        for each in self.objectives:
            while each.held() < self.needed:
                if each.full:
                    told = f"not shown to hold: {each.told()}"
                    return Finding("unclear", told, each.lost())
                self._ask(each, each.held())
                if found := self._worse():
                    return found
        return None

    def _worse(self) -> Finding | None:
        """What the candidate is shown to lose, if anything."""
        if found := self.correctness.loss():
            return found
        for each in self.objectives:
            if each.worse() >= LOST:
                lost = each.lost()
                return Finding("not better", f"worse on {', '.join(lost)}: {each.told()}", lost)
        return None

    def _ask(self, objective: Objective, evidence: float) -> None:
        shown, needed = as_value(self.gain()), as_value(self.needed)
        self.bout.work.progress("judging", self.items, 0, e_value=shown, threshold=needed)
        objective.ask(evidence, self.needed)

    def _told(self) -> str:
        return ", ".join(each.told() for each in self.objectives if each.items or each.full)

    def _told_gain(self) -> str:
        if math.isinf(gain := self.gain()):
            return f"certain; {self.asked}"
        return f"e-value {as_value(gain):.3g} of {as_value(self.needed):.3g} needed; {self.asked}"

    def _told_better(self) -> str:
        simpler = self.gain() < self.needed
        how = f"simpler by {-self.added:,.0f} nodes of code: " if simpler else ""
        shown = "all else held" if simpler else self._told_gain()
        return f"{how}{self._told()}; {shown}; {self.correctness.told()}"
