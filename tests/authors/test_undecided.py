"""Repairs as good as the best are compared; where they part, a question is handed in."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from authors.workbench import Bench, Desk, brief_of, version_of
from successor.authors.trials import Terms, Trials
from successor.authors.undecided import QUESTIONS, undecided
from successor.authors.workshop import Screening
from successor.types import Draft, Version, Workspace

FIRST = "def target():\n    return 1.0\n"
WHOLE = "def target():\n    return 0.30\n"
OTHER = "def target():\n    return 0.31\n"
PARTLY = "def target():\n    return 0.6\n"


@dataclass(frozen=True)
class Asked:
    call: str
    answers: tuple[str, ...]


@dataclass
class Parter(Bench):
    """Says that any two repairs part."""

    compared: list[Sequence[str]] = field(default_factory=list[Sequence[str]])

    def parted(self, sources: Sequence[str], seed: int, workspace: Workspace) -> Sequence[Asked]:
        self.compared.append(sources)
        return [Asked("target()", ("be 1", "be 2"))] if len(sources) > 1 else []

    def screen(self, source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        found = super().screen(source, incumbent, seed, workspace)
        told = ("target(7)", "be 1", "be 3") if "contested" in found.why else ()
        return replace(found, contested=told)


def asked(bench: Bench, *variants: str) -> Draft | None:
    desk = Desk()
    trials = Trials(
        bench, brief_of(version_of(FIRST, desk)), desk, Terms("t", 9, 0.02, 0.0, math.inf, 0)
    )
    for variant in variants:
        trials.screen(variant)
    return undecided(bench, trials, 1, desk)


def test_only_repairs_as_good_as_the_best_are_compared():
    bench = Parter(lambda function, _: function(), objectives=("repair",))
    assert asked(bench, WHOLE, PARTLY) is None
    assert bench.compared == [[WHOLE]]


def test_repairs_that_part_are_asked_about_and_none_is_handed_in():
    bench = Parter(lambda function, _: function(), objectives=("repair",))
    draft = asked(bench, WHOLE, OTHER, PARTLY)
    assert draft is not None
    assert not draft.files
    assert json.loads(str(draft.figures[QUESTIONS])) == [["target()", ["be 1", "be 2"]]]
    assert draft.figures["rivals"] == 2
    assert draft.figures["evaluations"] == len(bench.screened)


def test_a_repair_that_fails_at_a_second_look_is_no_rival():
    def cost(function: Callable[[], float], seed: int) -> float:
        value = function()
        if value == 0.31 and seed != 1:
            raise ValueError("other inputs")
        return value

    bench = Parter(cost, objectives=("repair",))
    assert asked(bench, WHOLE, OTHER) is None


def test_what_only_the_original_speaks_against_is_asked_about():
    def cost(function: Callable[[], float], _: int) -> float:
        if function() == 0.31:
            raise ValueError("contested")
        return function()

    bench = Parter(cost, objectives=("repair",))
    assert asked(bench, WHOLE, OTHER) is None, "another repair is right"
    draft = asked(bench, OTHER)
    assert draft is not None
    assert json.loads(str(draft.figures[QUESTIONS])) == [["target(7)", ["be 1", "be 3"]]]


def test_what_is_no_repair_is_never_asked_about():
    bench = Parter(lambda function, _: function())
    assert asked(bench, WHOLE, OTHER) is None
    assert not bench.compared
