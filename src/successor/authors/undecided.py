"""Several repairs make all tests pass and part elsewhere: none is handed in, a question is."""

from __future__ import annotations

import json
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


class Question(Protocol):
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
    ) -> Sequence[Question]: ...


def undecided(workshop: object, trials: Trials, seed: int, workspace: Workspace) -> Draft | None:
    """A draft that asks, where one that hands in a repair would guess; None when nothing is to be
    asked.
    """
    if not isinstance(workshop, Parting) or trials.objectives[0] != "repair":
        return None
    rivals = trials.lasting(_AS_MANY, _MOST)
    asked = workshop.parted(rivals, seed, workspace)
    if not asked:
        return None
    told = json.dumps([[each.call, each.answers] for each in asked])
    return Draft({}, {QUESTIONS: told, "rivals": len(rivals), "evaluations": trials.looks})
