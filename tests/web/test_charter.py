"""A charter is signed at the seat as it was shown, and as it is; so is an edit, and a run begun."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cli.commands import Run, change
from successor.director import standing_of
from successor.ledger import Ledger, Reviewed
from successor.web import starting
from web.seats import Sit


@pytest.fixture
def chartered(lab: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab whose policy.toml names ada, and which nobody has signed yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("ada", "eve"):
        assert run("keys", "new", name, "--no-passphrase").code == 0
    change(lab, "[lab]", "[lab]\nstage = 3")
    assert run("policy", "init", lab, "ada").code == 0
    return lab


def test_all_that_is_signed_is_shown_first(chartered: Path, sit: Sit) -> None:
    found = sit(chartered).get("/api/charter")
    assert (found["due"], found["missing"], found["people"]) == (True, 1, ["ada"])
    shown = "\n".join(found["lines"])
    for part in ("stage         3", "people        ada", "promotion 1, change 1", "wall_clock 60"):
        assert part in shown


def test_it_is_in_force_once_signed(chartered: Path, sit: Sit) -> None:
    seat = sit(chartered)
    digest = seat.get("/api/charter")["digest"]
    assert "who signs" in seat.post("/api/charter", 409, digest=digest)["error"]
    seat.post("/api/unlock", key="eve", passphrase="")
    refused = seat.post("/api/charter", 409, digest=digest, key="eve")["error"]
    assert "none of this lab's people" in refused
    seat.post("/api/unlock", key="ada", passphrase="")
    assert seat.post("/api/charter", digest=digest, key="ada")["missing"] == 0
    assert seat.get("/api/charter")["due"] is False
    assert standing_of(chartered).in_force is not None


def test_what_changed_since_it_was_shown_is_not_signed(chartered: Path, sit: Sit) -> None:
    seat = sit(chartered)
    digest = seat.get("/api/charter")["digest"]
    change(chartered, 'wall_clock = "1m"', 'wall_clock = "9h"')
    seat.post("/api/unlock", key="ada", passphrase="")
    refused = seat.post("/api/charter", 409, digest=digest, key="ada")["error"]
    assert "read it again" in refused
    assert standing_of(chartered).in_force is None


def test_a_lab_without_a_policy_asks_nobody(lab: Path, sit: Sit) -> None:
    assert sit(lab).get("/api/charter")["due"] is False


def test_an_edit_takes_the_place_of_what_waits(waiting: Path, sit: Sit) -> None:
    seat = sit(waiting)
    found = seat.get("/api/review/texts")
    (file,) = found["files"]
    assert (file["name"], file["text"]) == ("ability", "8")
    wish = {"choice": "edit", "candidate": found["candidate"], "place": file["place"]}
    assert "why" in seat.post("/api/review", 409, **wish, text="7")["error"]
    for text, told in (
        ("8", "nothing was changed"),
        ("7\u202e", "hide"),
        ("x" * 30_000, "at most"),
    ):
        refused = seat.post("/api/review", 409, **wish, text=text, reason="so")
        assert told in refused["error"]
    refused = seat.post("/api/review", 409, **{**wish, "place": 9}, text="7", reason="so")
    assert "place" in refused["error"]
    seat.post("/api/review", **wish, text="7", reason="so")
    with Ledger.read(waiting / ".successor") as ledger:
        (made,) = [entry.event for entry in ledger.entries(Reviewed)]
        assert made.version
        assert ledger.object(made.version.files["ability"]) == b"7"
        assert ledger.waiting() is None


def test_a_run_is_begun_and_says_why_not(
    lab: Path, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "PATIENCE_S", 600.0)
    change(lab, 'wall_clock = "1m"', 'wall_clock = "1h"')  # however busy the machine is
    seat = sit(lab)
    assert seat.post("/api/run")["run"] in {"at work", "over"}
    deadline = time.monotonic() + 600
    while not seat.get("/api/now").get("promotions") and time.monotonic() < deadline:
        time.sleep(0.1)
    while seat.get("/api/now")["running"] and time.monotonic() < deadline:
        time.sleep(0.1)
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:nobody"')
    assert "nobody" in seat.post("/api/run", 409)["error"]
