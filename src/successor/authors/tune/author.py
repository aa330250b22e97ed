"""Turning the numbers of a program until it is better, as an author."""

from __future__ import annotations

from collections.abc import Sequence

from successor.authors.trials import WORST, Terms, Trials, is_python
from successor.authors.tune.knobs import Knob, find_knobs, turned
from successor.authors.tune.settings import Settings
from successor.authors.tune.strategy import strategy
from successor.authors.workshop import Workshop
from successor.types import Brief, Draft, Workspace

_PROBED = 4
"""Evaluations for each knob that is looked at: a program with more knobs has the rest left."""
_ASSURED = 100
_IDLE = 20
"""Rounds that ask for nothing new, after which a strategy is at its end."""
_INCORRECT = 1e6
"""Cost of a variant that is not correct, and more the farther it is from the incumbent: worse
than any that is, and no worth is nearly as low."""


class TuneAuthor:
    """Writes the next version by turning the numbers of the present one."""

    name = "tune"

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self.workshop = workshop
        self.settings = settings

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The best setting found; each attempt searches anew, with other chances."""
        if not is_python(self.workshop, brief, workspace):
            return None
        if len(brief.tried) >= self.settings.attempts:
            return None
        settings = self.settings
        terms = Terms("tuning", settings.evaluations, settings.least, 0.0, settings.turn, _ASSURED)
        trials = Trials(self.workshop, brief, workspace, terms)
        knobs = find_knobs(trials.source, self.workshop.function)
        bench = Bench(trials, self.settings, knobs[: self.settings.evaluations // _PROBED])
        if bench.knobs:
            bench.tune(brief.seed)
        return trials.hand_in()


class Bench:
    """The knobs of one program, and what came of turning them."""

    def __init__(self, trials: Trials, settings: Settings, knobs: Sequence[Knob]) -> None:
        self.knobs = list(knobs)
        self._trials = trials
        self._settings = settings
        self._best: tuple[float, list[float]] = (0.0, [0.0] * len(knobs))

    def tune(self, seed: int) -> None:
        """Probe each knob alone, turn those that can be turned together, turn back the rest."""
        self._probe()
        turn, before = 0, -1
        while self.knobs and before != self._trials.spent:
            before = self._trials.spent
            self._evolve([seed, turn], turn)
            turn += 1
        self._turn_back()

    def _probe(self) -> None:
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

    def _evolve(self, seed: Sequence[int], restarts: int) -> None:
        """One run of CMA-ES from the best so far; a later one has more points in a round."""
        popsize = 0 if restarts == 0 else round((4 + len(self.knobs)) * 1.5**restarts)
        search = strategy(self._best[1], self._settings.step, popsize, seed)
        idle = 0
        kept = len(self.knobs) + search.popsize  # for turning back
        while self._may_go_on(kept) and idle < _IDLE and not search.stop():
            spent = self._trials.spent
            points = search.ask()
            search.tell(points, [self._cost([float(z) for z in point]) for point in points])
            idle = idle + 1 if self._trials.spent == spent else 0

    def _may_go_on(self, kept: int) -> bool:
        return self._trials.left >= kept and not self._trials.over

    def _turn_back(self) -> None:
        """Leave as they were the knobs that bring nothing: the smaller change is the better."""
        for place in range(len(self.knobs)):
            worth, settings = self._best
            back = [*settings[:place], 0.0, *settings[place + 1 :]]
            if settings[place] and self._trials.left and self._worth(back) >= worth:
                self._best = (self._best[0], back)

    def _cost(self, settings: list[float]) -> float:
        worth = self._worth(settings)
        distance = sum(setting**2 for setting in settings)
        return _INCORRECT * (1 + distance) if worth == WORST else -worth

    def _worth(self, settings: list[float]) -> float:
        """Worth of the program with these settings; `WORST` also when there is no budget left."""
        source = turned(self._trials.source, self.knobs, settings, self._settings.digits)
        if source == self._trials.source:
            return 0.0
        if not self._trials.may_screen(source):
            return WORST
        worth = self._trials.worth(self._trials.screen(source))
        if worth > self._best[0]:
            self._best = (worth, settings)
        return worth
