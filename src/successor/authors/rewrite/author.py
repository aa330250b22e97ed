"""Rewrites that programmers know, tried on a program one after another, as an author."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from successor.authors.bandit import Bandit
from successor.authors.rewrite.settings import Settings
from successor.authors.rewrite.shelf import normalised, rewrites, rewritten, useful
from successor.authors.trials import WORST, Terms, Trials, digest, is_python
from successor.authors.workshop import Workshop
from successor.types import Brief, Draft, Workspace

_ASSURED = 24
_HOPELESS = 1 / 6
"""A way is believed in less once it was tried five times and never paid; it makes no more then."""


class RewriteAuthor:
    """Writes the next version by rewriting the present one."""

    name = "rewrite"

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self.workshop = workshop
        self.settings = settings

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The best variant; each attempt at the same incumbent the next best."""
        settings = self.settings
        if not is_python(self.workshop, brief, workspace):
            return None
        if len(brief.tried) >= settings.attempts:
            return None
        terms = Terms(
            "rewriting", settings.evaluations, settings.least,
            settings.parsimony, settings.turn, _ASSURED,
        )  # fmt: skip
        trials = Trials(self.workshop, brief, workspace, terms)
        # The same seed for all attempts at an incumbent, so that they search alike.
        search = Search(trials, self.workshop, settings, brief.generation)
        search.run()
        draft = trials.hand_in()
        return draft and replace(draft, figures={**draft.figures, **search.told(draft)})


@dataclass(frozen=True)
class Variant:
    """A text, and the rewrites that it is made by."""

    source: str
    names: tuple[str, ...]
    worth: float
    """Of what it was made from until it is screened, then its own."""


class Search:
    """All single rewrites, then, unless that is enough, rewrites of the best of them, in the order
    that a bandit chooses.
    """

    def __init__(self, trials: Trials, workshop: Workshop, settings: Settings, seed: int) -> None:
        self._trials = trials
        self._function = workshop.function
        self._settings = settings
        self._rng = random.Random(seed)
        known = [name for name in rewrites() if name not in settings.without]
        self._ways = [name for name in known if useful(name, workshop.objectives)]
        self._bandit = Bandit(self._ways)
        self._waiting: dict[str, list[Variant]] = {name: [] for name in self._ways}
        self._correct: list[Variant] = []
        self._seen = {normalised(trials.source)}
        self._made: dict[str, Variant] = {}

    def run(self) -> None:
        """Until the budget is spent, or there is nothing left to rewrite."""
        self._rewrite(Variant(self._trials.source, (), 0.0))
        self._screen_all()
        for _ in range(self._settings.stepping_stones):
            if not self._correct or self._trials.first_gain >= self._settings.enough:
                return
            best = max(self._correct, key=lambda each: (each.worth, -len(each.source)))
            self._correct.remove(best)
            self._rewrite(best)
            self._screen_all()

    def told(self, draft: Draft) -> dict[str, str]:
        """By which rewrites a draft was made."""
        for name, made in self._made.items():
            if name in draft.files.values():
                return {"rewrite": ", ".join(made.names)}
        return {}

    def _rewrite(self, start: Variant) -> None:
        """Line up what can be made of a variant."""
        for variant in self._new(start):
            key = normalised(variant.source)
            if key not in self._seen:
                self._seen.add(key)
                self._waiting[variant.names[-1]].append(variant)

    def _new(self, start: Variant) -> Iterator[Variant]:
        for name in self._ways:
            if self._bandit.believed(name) > _HOPELESS:
                for text in rewritten(start.source, self._function, name):
                    yield Variant(text, (*start.names, name), start.worth)

    def _screen_all(self) -> None:
        while self._trials.left > 0 and not self._trials.over and (variant := self._next()):
            worth = self._trials.worth(self._trials.screen(variant.source))
            self._bandit.learn(variant.names[-1], paid=worth > variant.worth)
            self._made[digest(variant.source)] = variant
            if worth > WORST and len(variant.names) < self._settings.depth:
                self._correct.append(replace(variant, worth=worth))

    def _next(self) -> Variant | None:
        for name in self._bandit.ranked(self._rng):
            if self._waiting[name]:
                return self._waiting[name].pop(0)
        return None
