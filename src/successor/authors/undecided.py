"""Several repairs make all tests pass and part elsewhere: none is handed in, a question is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from successor.authors.trials import Trials
from successor.types import Draft, Workspace

QUESTIONS = "questions"
"""The figure of a draft that holds them as JSON: a list of [call, [answers]]."""
_AS_MANY = 1.0 / 1.11
"""Of repairs that leave equally few tests failing, the gain is at least this share of the best
one's: what else they change counts for a tenth at most, one test more for at least a third."""
_MOST = 48
"""Repairs that are compared."""


class Asked(Protocol):
    """A call, and what the repairs answer to it."""

    @property
    def call(self) -> str: ...
    @property
    def answers(self) -> tuple[str, ...]: ...


@runtime_checkable
class Parting(Protocol):
    """A workshop that knows on which inputs repairs answer otherwise."""

    def parted(
        self, sources: Sequence[str], seed: int, workspace: Workspace
    ) -> Sequence[Asked]: ...


def undecided(workshop: object, trials: Trials, seed: int, workspace: Workspace) -> Draft | None:
    """A draft that asks, where one that hands in a repair would guess; None when nothing is to be
    asked.
    """
    if not isinstance(workshop, Parting) or trials.objectives[0] != "repair":
        return None
    rivals = trials.lasting(_AS_MANY, _MOST)
    asked = [(each.call, each.answers) for each in workshop.parted(rivals, seed, workspace)]
    if not rivals:
        asked = _contested(trials)
    if not asked:
        return None
    figures = {QUESTIONS: json.dumps(asked), "rivals": len(rivals), "evaluations": trials.looks}
    return Draft({}, figures)


def _contested(trials: Trials) -> list[tuple[str, tuple[str, ...]]]:
    """Where only the original's answers speak against repairs: the call that does so most often,
    for the bug may be in that answer, too.
    """
    contested = trials.contested()
    counts = Counter(call for call, *_ in contested)
    if not counts:
        return []
    call = min(counts, key=lambda call: (-counts[call], len(call)))
    answers = [each for asked, *told in contested if asked == call for each in told]
    return [(call, tuple(dict.fromkeys(answers)))]
