"""Small repairs of the most suspicious lines, one after another, as an author."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from successor.authors.mutate.repairs import Repair, repairs
from successor.authors.mutate.settings import Settings
from successor.authors.trials import WORST, Terms, Trials, compiles, digest, is_python
from successor.authors.undecided import undecided
from successor.authors.workshop import Workshop
from successor.types import Brief, Draft, Version, Workspace

_ASSURED = 24
_LEAST = 0.02
_MANY = 8
"""Times `enough` after which as many are found as need to be compared."""
_PARSIMONY = 1e-4
"""Tests that pass count for far more; of two repairs alike the one with less code is handed in."""


class Suspecting(Workshop, Protocol):
    """A workshop that knows which lines its failing tests run."""

    def suspects(self, incumbent: Version, workspace: Workspace) -> Sequence[tuple[int, float]]:
        """(line, suspicion in (0, 1]), most suspicious first."""
        ...


class MutateAuthor:
    """Writes the next version by one small repair of the present one."""

    name = "mutate"

    def __init__(self, workshop: Suspecting, settings: Settings) -> None:
        self.workshop = workshop
        self.settings = settings

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The best repair, or a question where several are as good and answer otherwise; each
        attempt at the same incumbent the next best.
        """
        if not is_python(self.workshop, brief, workspace):
            return None
        if len(brief.tried) >= self.settings.attempts:
            return None
        settings = self.settings
        terms = Terms(
            "repairing", settings.evaluations, _LEAST, _PARSIMONY, settings.turn, _ASSURED
        )
        trials = Trials(self.workshop, brief, workspace, terms)
        suspects = dict(self.workshop.suspects(brief.lineage[-1], workspace))
        if not suspects:
            return None  # no test fails
        made = {digest(trials.source): "none"}
        good, enough = 0, settings.enough
        for repair in in_order(trials.source, self.workshop.function, suspects):
            if trials.left <= 0 or trials.over or good >= _MANY * settings.enough:
                made["cut"] = "yes"
                break
            name = digest(repair.source)
            if name in made or not compiles(repair.source):
                continue
            made[name] = repair.told
            good += trials.worth(trials.screen(repair.source)) > WORST
            if good >= enough:
                enough *= 2
                if asks := undecided(self.workshop, trials, brief.seed, workspace):
                    return asks  # more repairs would part no less
        return undecided(self.workshop, trials, brief.seed, workspace) or _told(trials, made)


def _told(trials: Trials, made: dict[str, str]) -> Draft | None:
    """The best repair, and how it came about."""
    draft = trials.hand_in()
    if draft is None:
        return None
    told: dict[str, float | str] = {"cut": float("cut" in made), "evaluations": trials.looks}
    for name in draft.files.values():
        if name in made:
            told["repair"] = made[name]
    return Draft(draft.files, {**draft.figures, **told})


def in_order(source: str, function: str, suspects: dict[int, float]) -> Iterator[Repair]:
    """All repairs of suspicious lines, the likeliest first."""
    known = [each for each in repairs(source, function) if each.line in suspects]
    yield from sorted(known, key=lambda each: (-suspects[each.line], each.rank, each.line))
