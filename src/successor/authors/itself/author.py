"""An improver that improves itself: the incumbent searches among variants of its own code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from successor.authors.itself.edits import MIDDLE
from successor.authors.itself.moulds import Mould, mould_of
from successor.authors.itself.settings import Settings
from successor.authors.trials import WORST, Terms, Trials
from successor.authors.workshop import Workshop
from successor.types import Brief, Draft, Workspace

_ASSURED = 50
_BROKEN = 10.0
"""Cost of a variant that breaks a rule: more than any other comes to, which is -log(gain)."""
_SEEDS = 2**48


class SelfImproving(Workshop, Protocol):
    """A subject whose versions can be set to work on a task."""

    def pursue(
        self, source: str, size: int, evaluations: int, seed: int,
        price: Callable[[Sequence[float]], float],
    ) -> None:  # fmt: skip
        """Let an improver look for a cheap point of [0, 1]^size; what it proposes is priced by
        `price`, outside of the sandbox, at most `evaluations` times.
        """
        ...


class ItselfAuthor:
    """Writes the next version by running the present one on the forms of its own constants."""

    name = "itself"

    def __init__(self, workshop: SelfImproving, settings: Settings) -> None:
        self.workshop = workshop
        self.settings = settings

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The best variant that the incumbent finds of itself."""
        if len(brief.tried) >= self.settings.attempts:
            return None
        settings = self.settings
        terms = Terms(
            "at work on itself",
            settings.evaluations,
            settings.least,
            settings.parsimony,
            settings.turn,
            _ASSURED,
            settings.looks,
        )
        trials = Trials(self.workshop, brief, workspace, terms)
        mould = mould_of(trials.source)
        if mould.size:
            Search(trials, mould, settings).run(self.workshop, trials.source, brief.seed)
        return trials.hand_in()


class Search:
    """What came of the points of one mould."""

    def __init__(self, trials: Trials, mould: Mould, settings: Settings) -> None:
        self._trials = trials
        self._mould = mould
        self._settings = settings
        self._best: tuple[float, list[float]] = (0.0, [MIDDLE] * mould.size)
        self._open: Sequence[int] = range(mould.size)
        self._turning = False
        self._kept = min(mould.size, settings.open, settings.evaluations // 3)

    def run(self, workshop: SelfImproving, engine: str, seed: int) -> None:
        """Let an improver search, and leave out of the best what brings nothing."""
        size = min(self._mould.size, self._settings.open)
        self._open = sorted(Random(seed).sample(range(self._mould.size), size))
        # About half of all points stand for code that was tried before, which costs no look.
        turns = max(4, 2 * (self._settings.evaluations - self._kept))
        workshop.pursue(engine, size, turns, seed % _SEEDS, self.price)
        self._turn_back()

    def price(self, point: Sequence[float]) -> float:
        """What a point costs: the lower, the better the improver that it stands for."""
        whole = [MIDDLE] * self._mould.size
        for place, each in zip(self._open, point, strict=True):
            whole[place] = each
        worth = self._worth(whole)
        return _BROKEN if worth == WORST else -worth

    def _turn_back(self) -> None:
        """Leave as it was what brings nothing: the smaller change is the better. `_kept` looks were
        kept for it.
        """
        self._turning = True
        for place in range(self._mould.size):
            worth, point = self._best
            back = [*point[:place], MIDDLE, *point[place + 1 :]]
            if point[place] != MIDDLE and self._worth(back) >= worth:
                self._best = (self._best[0], back)

    def _worth(self, point: Sequence[float]) -> float:
        """`WORST` also when there is no budget left."""
        source = self._mould.cast(point, self._settings.reach, self._settings.digits)
        if source == self._mould.source:
            return 0.0
        kept = 0 if self._turning else self._kept
        if self._trials.over or not (self._trials.knows(source) or self._trials.left > kept):
            return WORST
        worth = self._trials.worth(self._trials.screen(source))
        if worth > self._best[0]:
            self._best = (worth, [*point])
        return worth
