"""What whoever handed in a text is told of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from authors.workbench import Bench, Desk, brief_of, version_of
from successor.authors.prospects import Prospects
from successor.authors.trials import Terms, Trials

FIRST = "def target():\n    return 1.0\n"
BETTER = "def target():\n    return 0.5\n"
LAPSE = "better at a first look, and not at a second one, on other inputs: "


def wrong(function: Callable[..., Any], seed: int) -> float:
    if seed % 2 and function() < 1:
        raise ValueError("gave 2, where 1 is right")
    return function()


def slow(function: Callable[..., Any], seed: int) -> float:
    return 1.0 if seed % 2 else function()


@pytest.mark.parametrize(
    ("cost", "why"),
    [(wrong, "gave 2, where 1 is right"), (slow, "right, but not enough of a gain: ")],
)
def test_what_lapses_at_a_second_look_is_told_why(
    cost: Callable[[Callable[..., Any], int], float], why: str
):
    desk = Desk()
    brief = brief_of(version_of(FIRST, desk), seed=2)
    trials = Trials(Bench(cost), brief, desk, Terms("searching", 9, 0.02, 0.0, math.inf, 0))
    prospects = Prospects(Bench(cost), trials, ())
    assert not prospects.refusal(BETTER)
    assert prospects.lapse(BETTER).startswith("better at a first look, and not looked at again")
    draft = trials.hand_in()
    assert draft is not None
    assert not draft.files
    told = prospects.lapse(BETTER)
    assert told.startswith(LAPSE)
    assert why in told
