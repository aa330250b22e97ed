"""The record can be read, verified and taken along; the curves are those of the report."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from cli.commands import Run
from successor.insight.report.data import story
from successor.ledger import Ledger
from web.seats import Sit


@pytest.fixture
def over(lab: Path, run: Run) -> Path:
    assert run("improve", lab, "--quiet").code == 0
    return lab


def test_events_are_told_from_the_newest_on(over: Path, sit: Sit) -> None:
    seat = sit(over)
    found = seat.get("/api/events")
    numbers = [each["seq"] for each in found["events"]]
    assert numbers == [*range(found["total"], 0, -1)]
    assert found["events"][-1]["kind"] == "SessionStarted"
    older = seat.get("/api/events?before=4")
    assert [each["seq"] for each in older["events"]] == [3, 2, 1]
    for odd in ("x", "-1", "9" * 40):
        assert seat.get(f"/api/events?before={odd}")["total"] == found["total"]


def test_the_export_is_what_was_hashed(over: Path, sit: Sit) -> None:
    seat = sit(over)
    seat.seat.look()
    lines = seat.client.get("/api/events.jsonl").content.splitlines()
    with Ledger.read(over / ".successor") as ledger:
        assert len(lines) == ledger.head.size
        assert sha256(b"\0" + lines[0]).hexdigest() == ledger.identity
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_the_audit_says_what_the_command_says(over: Path, sit: Sit, run: Run) -> None:
    seat = sit(over)
    (told,) = run("audit", over, "--json").lines
    found = seat.get("/api/audit")
    assert found["verified"]
    for name in ("events", "objects"):
        assert found[name] == told[name]
    assert found["head"] == told["ledger_head"]


def test_a_changed_object_is_found(over: Path, sit: Sit) -> None:
    seat = sit(over)
    damaged = next(path for path in (over / ".successor" / "objects").rglob("*") if path.is_file())
    damaged.chmod(0o600)
    damaged.write_bytes(b"other")
    found = seat.get("/api/audit")
    assert not found["verified"]
    assert found["problem"]


def test_the_curves_are_those_of_the_report(over: Path, sit: Sit) -> None:
    found = sit(over).get("/api/curves")
    with Ledger.read(over / ".successor") as ledger:
        told = story(ledger.entries(), ledger.head.root)
    assert found["measure"] == told.measure
    assert [row["value"] for row in found["line"]] == [row.headline for row in told.line]
    assert [row["minutes"] for row in found["line"]] == pytest.approx(
        [row.minutes for row in told.line], abs=1e-3
    )
    assert [row["gain"] for row in found["line"][1:]] == pytest.approx([2.0, 2.0])
    assert {row["stage"] for row in found["costs"]} == {each.stage for each in told.costs}
