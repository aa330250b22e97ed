"""What a policy costs and lets through, simulated: the real judge decides."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

import policies


@pytest.fixture(scope="module")
def result() -> policies.Result:
    return policies.simulate(2, 1, lambda: None)


def test_evidence_lets_through_what_is_better_and_reviewers_what_they_do_not_see(
    result: policies.Result,
):
    rows = {row.policy: row for row in result.rows}
    own, fresh = (
        rows[f"the higher score on {where}"] for where in ("its own exam", "32 fresh items")
    )
    assert own.promoted["gamed"] == own.offered["gamed"] > 0
    assert fresh.promoted["noise"] > 0
    for name, row in rows.items():
        if name.startswith("evidence"):
            harm = row.promoted["noise"] + row.promoted["trade"] + row.promoted["gamed"]
            assert harm == 0, row
            assert row.improvement > 0.4
    alone, two = (
        rows[f"evidence, {how}"] for how in ("error budget 0.05", "0.05, and two reviewers")
    )
    assert two.promoted["sabotage"] < alone.promoted["sabotage"]


def test_what_is_written_is_read_back_and_drawn(result: policies.Result):
    again = policies.restored(json.loads(json.dumps(asdict(result))))
    assert again == result
    drawn = policies.fragment(again)
    assert drawn.count(": [") == len(policies.POLICIES)
    assert "quadrantChart" in drawn
