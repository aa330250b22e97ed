"""What improvers are tried on: tasks that are drawn, of families of which some are held out.

Authors see the marks of training families only. The judge asks the others, which are of the same
spaces and of other shapes; so what is learnt has to hold for tasks unlike those it was learnt on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from successor.subjects.improver.families import choices, orders, reals
from successor.subjects.improver.spaces import Kind
from successor.subjects.improver.task import Task

Family = Callable[[Random], Task]

TRAINING: Mapping[Kind, tuple[Family, ...]] = {
    "reals": (reals.bowl, reals.valley, reals.ripples),
    "choices": (choices.word, choices.clauses, choices.load),
    "order": (orders.tour, orders.ranking, orders.lateness),
}
HELD_OUT: Mapping[Kind, tuple[Family, ...]] = {
    "reals": (reals.banana, reals.funnel, reals.peaks),
    "choices": (choices.network, choices.walk, choices.formula),
    "order": (orders.flow, orders.layout, orders.line),
}

__all__ = ["HELD_OUT", "TRAINING", "Family", "Task"]
