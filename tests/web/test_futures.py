"""The futures of the page are those of the command."""

from __future__ import annotations

from pathlib import Path

from cli.commands import Run, change
from web.seats import Sit


def test_without_a_record_worlds_can_be_tried(lab: Path, sit: Sit, run: Run) -> None:
    seat = sit(lab)
    assert seat.get("/api/futures")["series"] is None
    found = seat.get("/api/world?preset=review-bound&review=0.02&capacity=2")
    arguments = ("--preset", "review-bound", "--set", "review=0.02", "--set", "capacity=2")
    (told,) = run("futures", *arguments, "--json").lines
    assert found == told


def test_a_lab_is_followed_as_the_command_follows_it(lab: Path, sit: Sit, run: Run) -> None:
    change(lab, "reliable_horizon=16", "reliable_horizon=512")
    assert run("improve", lab, "--quiet").code in (0, 3)
    found = sit(lab).get("/api/futures")
    (told,) = run("futures", lab, "--json", "--draws", "2000").lines
    for name in ("what", "unit", "points", "verdict", "probabilities"):
        assert found["growth"][name] == told[name], name
    assert set(found["curves"]) == {"logistic", "exponential", "superexponential"}
    assert len(found["at"]) == len(found["band"])


def test_numbers_that_are_none_are_refused_in_a_line(lab: Path, sit: Sit) -> None:
    seat = sit(lab)
    for query in ("preset=other", "review=x", "review=nan", "review=7", "nothing=1"):
        answer = seat.client.get(f"/api/world?{query}")
        assert answer.status_code == 409, query
        assert "\n" not in answer.json()["error"]
