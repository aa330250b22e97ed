"""Every version can be looked at, and an earlier one put back in charge."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import Run
from successor.ledger import Ledger, audit
from successor.showing.following import Sight
from web.seats import Sit


@pytest.fixture
def over(lab: Path, run: Run) -> Path:
    assert run("improve", lab, "--quiet").code == 0
    return lab


def test_the_lineage_has_every_version_with_its_parent(over: Path, sit: Sit) -> None:
    found = sit(over).get("/api/lineage")
    assert found["parents"] == [-1, 0, 1]
    assert [found["outcome_names"][each] for each in found["outcomes"]] == [
        "first",
        "promoted",
        "promoted",
    ]
    assert found["incumbent"] == 2
    assert found["measure"] == "horizon"
    assert len({len(found[name]) for name in ("ids", "scores", "times", "authors")}) == 1


def test_a_version_is_shown_beside_its_parent_with_its_evidence(over: Path, sit: Sit) -> None:
    seat = sit(over)
    name = seat.get("/api/lineage")["ids"][2]
    found = seat.get(f"/api/version?id={name}")
    assert {"-8", "+16"} <= set(found["lines"])
    assert found["in_charge"]
    assert not found["can_roll_back"]
    assert found["verdict"]["e_value"] >= found["verdict"]["threshold"]
    assert found["replay"].startswith("successor replay ")
    assert [each["kind"] for each in found["events"]] == [
        "Written",
        "Examined",
        "Judged",
        "Examined",
    ], "the last on items that nobody had seen"
    assert "no version begins" in seat.client.get("/api/version?id=zz").json()["error"]


def test_a_rollback_puts_the_version_back_as_the_command_does(over: Path, sit: Sit) -> None:
    seat = sit(over)
    first, second, third = seat.get("/api/lineage")["ids"]
    assert seat.get(f"/api/version?id={second}")["can_roll_back"]
    made = seat.post("/api/rollback", to=second, reason="wrong on the invoices")
    assert made["version"].startswith(second)
    assert made["gave_way"].startswith(third)
    assert [each[:16] for each in made["revoked"]] == [third]
    found = seat.get("/api/lineage")
    assert found["outcome_names"][found["outcomes"][2]] == "rolled back"
    assert found["rollbacks"][0]["reason"] == "wrong on the invoices"
    assert found["incumbent"] == 1
    assert "in charge already" in seat.post("/api/rollback", 409, to=second)["error"]
    assert seat.post("/api/rollback", to=first)["version"].startswith(first)
    assert audit(over / ".successor").problem is None


def test_what_was_followed_is_what_is_read_at_once(over: Path, run: Run, sit: Sit) -> None:
    seat = sit(over)
    seat.get("/api/now")
    assert run("rollback", over, "--reason", "once").code == 0
    assert run("improve", over, "--quiet", "--generations", "7").code == 0
    seat.seat.look()
    followed, anew = seat.seat.follower.see(), Sight.of(over)
    assert followed
    assert followed.ledger.head == anew.ledger.head
    assert followed.over == anew.over
    assert followed.tree.leaves == anew.tree.leaves
    assert followed.pace == anew.pace


def test_a_record_begun_anew_is_read_anew(over: Path, run: Run, sit: Sit) -> None:
    seat = sit(over)
    before = seat.get("/api/now")["ledger_head"]
    assert run("improve", over, "--quiet", "--fresh").code == 0
    after = seat.get("/api/now")
    with Ledger.read(over / ".successor") as ledger:
        assert after["ledger_head"] == ledger.head.root != before
    assert after["problem"] is None


def test_beside_the_first_version_all_of_it_is_shown(lab: Path, run: Run, sit: Sit) -> None:
    assert run("improve", lab, "--quiet").code == 0
    seat = sit(lab)
    newest = seat.get("/api/now")["incumbent"]["version"]
    step = seat.get(f"/api/version?id={newest}")
    since = seat.get(f"/api/version?id={newest}&beside=first")
    assert ("-8" in step["lines"], "-4" in step["lines"]) == (True, False)
    assert ("-8" in since["lines"], "-4" in since["lines"]) == (False, True)
    assert (step["beside"], since["beside"]) == ("parent", "first")
