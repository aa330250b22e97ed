"""The knobs of one program, probed, turned by whoever searches, and turned back."""

from __future__ import annotations

from collections.abc import Sequence

from successor.authors.trials import WORST, Trials
from successor.authors.tune.knobs import Knob, turned

PROBED = 4
"""Evaluations for each knob that is looked at: a program with more knobs has the rest left."""
_INCORRECT = 1e6
"""Cost of a variant that is not correct, and more the farther it is from the incumbent: worse
than any that is, and no worth is nearly as low."""


class Bench:
    """The knobs of one program, and what came of turning them."""

    def __init__(self, trials: Trials, digits: int, knobs: Sequence[Knob]) -> None:
        self.knobs = list(knobs)
        self._trials = trials
        self._digits = digits
        self._best: tuple[float, list[float]] = (0.0, [0.0] * len(knobs))

    @property
    def best(self) -> list[float]:
        """The best settings so far."""
        return self._best[1]

    def probe(self) -> None:
        """Leave out the knobs that break the program either way, and those that change nothing."""
        loose = list[int]()
        for place in range(len(self.knobs)):
            ways = [[0.0] * len(self.knobs) for _ in range(2)]
            ways[0][place], ways[1][place] = 1.0, -1.0
            if {self._worth(way) for way in ways} - {WORST, 0.0}:
                loose.append(place)
        settings = self._best[1]
        self.knobs = [self.knobs[place] for place in loose]
        self._best = (self._best[0], [settings[place] for place in loose])

    def turn_back(self) -> None:
        """Leave as they were the knobs that bring nothing: the smaller change is the better. That
        takes a variant for each.
        """
        for place in range(len(self.knobs)):
            worth, settings = self._best
            back = [*settings[:place], 0.0, *settings[place + 1 :]]
            if settings[place] and self._trials.left and self._worth(back) >= worth:
                self._best = (self._best[0], back)

    def cost(self, settings: list[float]) -> float:
        """What a search is told of a setting; lower is better, and the incumbent's is 0."""
        worth = self._worth(settings)
        distance = sum(setting**2 for setting in settings)
        return _INCORRECT * (1 + distance) if worth == WORST else -worth

    def _worth(self, settings: list[float]) -> float:
        """Worth of the program with these settings; `WORST` also when there is no budget left."""
        source = turned(self._trials.source, self.knobs, settings, self._digits)
        if source == self._trials.source:
            return 0.0
        if not self._trials.may_screen(source):
            return WORST
        worth = self._trials.worth(self._trials.screen(source))
        if worth > self._best[0]:
            self._best = (worth, settings)
        return worth
