"""A target counts only when it holds on fresh items that nobody has seen."""

from __future__ import annotations

from pathlib import Path

from cli.commands import Run, change
from successor.ledger import Examined, Ledger

PARTLY = "ability = 4\nlucky = 16"


def confirmations(lab: Path) -> list[Examined]:
    entries = Ledger.read(lab / ".successor").entries(Examined)
    return [each.event for each in entries if each.event.draw.purpose == "confirmation"]


def test_the_figures_of_the_confirmation_are_the_last_word(lab: Path, run: Run):
    last = run("improve", lab, "--json").lines[-1]
    assert last["stopped_by"] == "target"
    assert last["confirmed"] == {str(size): 1.0 for size in (1, 2, 4, 8, 16)}
    (only,) = confirmations(lab)
    assert {part.items for part in only.slices} == {1000}
    run("improve", lab)
    assert len(confirmations(lab)) == 1, "what is on record is not asked again"


def test_without_confirmation_the_exam_is_taken_at_its_word(lab: Path, run: Run):
    change(lab, "[base_cases]", "[base_cases]\nconfirm = 0")
    last = run("improve", lab, "--json").lines[-1]
    assert (last["stopped_by"], last["confirmed"]) == ("target", None)
    assert confirmations(lab) == []


def test_a_version_that_only_seemed_to_reach_the_goal_is_improved_further(lab: Path, run: Run):
    change(lab, "ability = 4", PARTLY)
    found = run("improve", lab, "--json")
    assert [line["reliable_horizon"] for line in found.lines[:-1]] == [4, 8, 16, 32]
    assert found.lines[-1]["stopped_by"] == "target"
    first, second = confirmations(lab)
    assert first.slices[-1].mean == 0.0
    assert second.slices[-1].mean == 1.0
