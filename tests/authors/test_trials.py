"""What a search makes of gains and of the code that they cost."""

from __future__ import annotations

import json
import math

import pytest

from authors.workbench import PATH, Bench, Desk, brief_of, version_of
from successor.authors.trials import Terms, Trials

FIRST = "def target():\n    return 1.0\n"
SMALL = "def target():\n    return 0.96\n"
LARGE = "def target():\n" + "    more = 1 + 1\n" * 60 + "    return 0.95\n"


def handed_in(parsimony: float, *variants: str) -> str | None:
    """What a search hands in whose variants cost what they return."""
    desk = Desk()
    brief = brief_of(version_of(FIRST, desk))
    bench = Bench(lambda function, _: function())
    trials = Trials(bench, brief, desk, Terms("searching", 9, 0.02, parsimony, math.inf, 0))
    for variant in variants:
        assert trials.screen(variant).correct
    draft = trials.hand_in()
    assert draft is not None
    assert float(draft.figures["evaluations"]) >= len(variants)
    return desk.read(draft.files[PATH]).decode() if draft.files else None


def test_a_tiny_gain_that_adds_much_code_is_not_handed_in():
    assert handed_in(2e-4, LARGE) is None
    assert handed_in(0.0, LARGE) == LARGE


def test_the_lesser_gain_with_less_code_goes_first():
    assert handed_in(2e-4, LARGE, SMALL) == SMALL
    assert handed_in(0.0, LARGE, SMALL) == LARGE


@pytest.mark.parametrize("order", [1, -1])
def test_at_equal_gains_the_shorter_goes_first(order: int):
    longer = SMALL.replace("    ", "    more = 1\n    ")
    assert handed_in(2e-4, *(SMALL, longer)[::order]) == SMALL


def test_what_was_chosen_from_is_kept_with_what_was_predicted():
    desk = Desk()
    terms = Terms("searching", 9, 0.02, 0.0, math.inf, 0)
    bench = Bench(lambda function, _: function())
    trials = Trials(bench, brief_of(version_of(FIRST, desk)), desk, terms)
    worse = FIRST.replace("1.0", "1.5")
    for variant in (SMALL, worse, LARGE):
        trials.screen(variant)
    draft = trials.hand_in()
    assert draft is not None
    options = json.loads(desk.read(str(draft.figures["options"])))
    texts = [desk.read(option["files"][PATH]).decode() for option in options]
    assert texts == [LARGE, SMALL], "the best at first sight first; what is no gain is no option"
    assert options[0]["files"] == draft.files
    assert options[1]["predicted"]["score"] == pytest.approx(1 / 0.96)


def test_where_there_was_no_choice_none_is_kept():
    desk = Desk()
    bench = Bench(lambda function, _: function())
    terms = Terms("searching", 9, 0.02, 0.0, math.inf, 0)
    trials = Trials(bench, brief_of(version_of(FIRST, desk)), desk, terms)
    trials.screen(SMALL)
    draft = trials.hand_in()
    assert draft is not None
    assert "options" not in draft.figures
