"""What a session that was stopped had spent is booked on the step that it was in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from insight.told_run import SETTINGS, Clock, Told
from successor.insight.report.costs import Cost, Costs
from successor.insight.report.data import Story, story
from successor.ledger import (
    GenerationClosed,
    GenerationOpened,
    Heartbeat,
    Ledger,
    SessionStarted,
    Written,
    journal,
)
from successor.loop import Parts, run
from successor.types import (
    Brief,
    Counts,
    Draft,
    Draw,
    Exam,
    Record,
    Stop,
    Verdict,
    Version,
    Workspace,
)

WORKED_S = 100.0
"""Until a person presses Ctrl-C."""


@dataclass
class Impatient(Told):
    """The story, but every kind of step is interrupted when it is first tried."""

    pressed: list[str] = field(default_factory=list[str])
    most: int = 4
    """Versions written, after which it ends."""

    def press(self, step: str) -> None:
        if step not in self.pressed:
            self.pressed.append(step)
            self.clock.sleep(WORKED_S)
            raise KeyboardInterrupt

    def create(self, seed: int, workspace: Workspace) -> Draft:
        self.press("create")
        return super().create(seed, workspace)

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        self.press("write")
        return super().write(brief, workspace)

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        self.press(f"evaluate {min(self.written, 2)}")
        return super().evaluate_self(version, seed, workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        if draw.purpose == "confirmation":
            self.press("confirm")
        return super().examine(version, draw, workspace)

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        self.press("judge")
        return super().judge(candidate, incumbent, record, seed, work)

    def to_confirm(self, record: Record) -> Counts:
        return (("8", 10),) if self.written == self.most else ()

    def base_case(self, record: Record) -> Stop | None:
        return Stop("target", "it is enough") if self.written == self.most else None


def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sessions: int) -> Story:
    """The story of so many sessions, all of them interrupted but perhaps the last."""
    clock = Clock()
    monkeypatch.setattr(journal, "time", clock)
    part, stops = Impatient(clock), list[str]()
    for _ in range(sessions):
        with Ledger.open(tmp_path / ".successor", settings=SETTINGS, seed=7) as ledger:
            stops.append(run(Parts(ledger, part, part, part, part)).base_case)
    assert stops == [*["interrupted"] * len(part.pressed), "target"][:sessions]
    with Ledger.read(tmp_path / ".successor") as ledger:
        return story(ledger.entries(), ledger.head.root)


def spent(found: Story, generation: int) -> dict[str, float]:
    return {c.stage: round(c.seconds, 1) for c in found.costs if c.generation == generation}


def test_what_a_stopped_session_spent_is_in_the_step_that_it_was_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = told(tmp_path, monkeypatch, 7)
    first, second, last = (spent(found, number) for number in (0, 1, 2))
    assert first == {
        "training": pytest.approx(62.0 + WORKED_S),
        "writing": pytest.approx(0.7, abs=0.2),
        "examining": pytest.approx(2.0 + WORKED_S, abs=0.2),
    }
    label_s, train_s = 6.0 + 17 / 9, 21.0 + 17 / 30
    scale = 1 + WORKED_S / (label_s + train_s)
    assert second["labelling"] == pytest.approx(label_s * scale, abs=0.3)
    assert second["training"] == pytest.approx(train_s * scale, abs=0.3)
    assert second["writing"] == pytest.approx(0.7, abs=0.2)
    assert second["examining"] == pytest.approx(2.0 + WORKED_S, abs=0.2)
    assert second["judging"] == pytest.approx(4.5 + WORKED_S, abs=0.2)
    assert last["examining"] == pytest.approx(3 * 2.0 + WORKED_S, abs=0.2)
    assert sum(cost.seconds for cost in found.costs) == pytest.approx(found.worked_s, abs=1.0)


def test_what_was_stopped_and_not_taken_up_again_is_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = told(tmp_path, monkeypatch, 1)
    assert spent(found, 0) == {"writing": pytest.approx(WORKED_S)}


def test_heartbeats_tell_of_the_step_that_they_are_in():
    costs = Costs()
    costs.take(GenerationOpened(1, "v"), 0.0)
    for _ in range(2):
        costs.take(Heartbeat(), 30.0)
    costs.take(Written(1, 0, None, {"training_s": 50.0}), 5.0)
    assert costs.told() == (Cost(1, "training", 50.0), Cost(1, "writing", 15.0))


def test_what_a_killed_session_had_shown_counts_for_the_step_that_it_was_in():
    costs = Costs()
    costs.take(GenerationOpened(1, "v"), 0.0)
    costs.take(Heartbeat(), 30.0)
    costs.take(SessionStarted(1, {}, "k", {}), 0.0)
    costs.take(GenerationClosed(1), 1.0)
    assert {*costs.told()} == {Cost(1, "writing", 30.0), Cost(1, "recording", 1.0)}
