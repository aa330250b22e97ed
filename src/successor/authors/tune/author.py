"""Turning the numbers of a program until it is better, as an author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from successor.authors.trials import Terms, Trials, is_python
from successor.authors.tune.bench import PROBED, Bench
from successor.authors.tune.knobs import find_knobs
from successor.authors.tune.settings import Settings
from successor.authors.tune.strategy import strategy
from successor.authors.workshop import Workshop
from successor.types import Brief, Draft, Workspace

_ASSURED = 100
_IDLE = 20
"""Rounds that ask for nothing new, after which a strategy is at its end."""


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
        bench = Bench(trials, settings.digits, knobs[: settings.evaluations // PROBED])
        if bench.knobs:
            Search(bench, trials, settings.step).run(brief.seed)
        return trials.hand_in()


@dataclass(frozen=True)
class Search:
    """CMA-ES over the knobs of one program."""

    bench: Bench
    trials: Trials
    step: float

    def run(self, seed: int) -> None:
        """Probe each knob alone, turn those that can be turned together, turn back the rest."""
        self.bench.probe()
        turn, before = 0, -1
        while self.bench.knobs and before != self.trials.spent:
            before = self.trials.spent
            self._evolve([seed, turn], turn)
            turn += 1
        self.bench.turn_back()

    def _evolve(self, seed: Sequence[int], restarts: int) -> None:
        """One run of CMA-ES from the best so far; a later one has more points in a round."""
        bench, trials = self.bench, self.trials
        popsize = 0 if restarts == 0 else round((4 + len(bench.knobs)) * 1.5**restarts)
        search = strategy(bench.best, self.step, popsize, seed)
        idle = 0
        kept = len(bench.knobs) + search.popsize  # for turning back
        while trials.left >= kept and not trials.over and idle < _IDLE and not search.stop():
            spent = trials.spent
            points = search.ask()
            search.tell(points, [bench.cost([float(z) for z in point]) for point in points])
            idle = idle + 1 if trials.spent == spent else 0
