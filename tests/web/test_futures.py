"""The futures of the page are those of the command."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from cli.commands import Run, change
from web.seats import Sit, Sitting


def same(seat: Sitting, run: Run, query: str) -> dict[str, Any]:
    """A world of the page, which the command that stands beside it gives, too."""
    found = seat.get(f"/api/world?{query}")
    program, *words = shlex.split(found.pop("command"))
    assert program == "successor"
    lines = found.pop("told")
    (told,) = run(*words, "--json").lines
    assert found == told
    assert run(*words).out.splitlines() == lines
    return found


def test_without_a_record_worlds_can_be_tried(lab: Path, sit: Sit, run: Run) -> None:
    seat = sit(lab)
    assert seat.get("/api/futures")["series"] is None
    found = same(seat, run, "preset=review-bound&review=0.02&capacity=2")
    assert (found["settings"]["review"], found["settings"]["capacity"]) == (0.02, 2)


def test_a_lab_is_followed_as_the_command_follows_it(lab: Path, sit: Sit, run: Run) -> None:
    change(lab, "reliable_horizon=16", "reliable_horizon=512")
    assert run("improve", lab, "--quiet").code in (0, 3)
    seat = sit(lab)
    found = seat.get("/api/futures")
    (told,) = run(*shlex.split(found["command"])[1:], "--json").lines
    assert found["growth"] == told
    assert set(found["curves"]) == {"logistic", "exponential", "superexponential"}
    assert len(found["at"]) == len(found["band"])
    assert told["returns"] is not None
    for preset in ("review-bound", "compute-bound"):
        world = same(seat, run, f"preset={preset}&compute=0.5")
        # Nobody reviewed here: review is the lab's own, and not the preset's.
        assert (world["settings"]["review"], world["unit"]) == (0.0, "hours of work")


def test_of_a_few_versions_no_odds_are_shown(lab: Path, sit: Sit, run: Run) -> None:
    run("improve", lab, "--quiet")
    found = sit(lab).get("/api/futures")
    assert 2 <= len(found["series"]["times"]) < 6
    assert (found["at"], found["band"], found["growth"]["probabilities"]) == ([], [], {})


@pytest.mark.parametrize("name", ["davidson-houlden", "ai-2027"])
def test_models_of_others_are_those_of_the_command(
    lab: Path, sit: Sit, run: Run, name: str
) -> None:
    found = sit(lab).get("/api/futures/others")[name]
    (told,) = run(*shlex.split(found.pop("command"))[1:], "--json").lines
    assert found == told


def test_numbers_that_are_none_are_refused_in_a_line(lab: Path, sit: Sit) -> None:
    seat = sit(lab)
    for query in ("preset=other", "review=x", "review=nan", "review=7", "nothing=1"):
        answer = seat.client.get(f"/api/world?{query}")
        assert answer.status_code == 409, query
        assert "\n" not in answer.json()["error"]
