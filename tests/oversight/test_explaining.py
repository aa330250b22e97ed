"""The explanation of a decision is the decision: one list of rules, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Literal

import pytest

from ledger.climber import Climber, Climbing, Comparing
from successor.errors import UsageError
from successor.judge.simulated import SimulatedRecord
from successor.ledger import Ledger, Review, SandboxOpened
from successor.ledger.events import Paused
from successor.loop import Parts, run
from successor.oversight import (
    RULES,
    BaseCases,
    Explanation,
    Policy,
    PolicyOverseer,
    Stage,
    decisive,
    explain,
)
from successor.types import Brief, Decision, Draft, Record, Verdict, Version, Workspace

STAGES: tuple[Stage, ...] = (1, 2, 3, 4)
OUTCOMES: tuple[Literal["better", "not better", "unclear"], ...] = (
    "better",
    "not better",
    "unclear",
)
BETTER = Verdict("c", "i", "better", 50.0, 41.0, 0.4, (0.2, 0.6), 300, 7, "61% against 12%")
ACCEPTED = Decision("c", "promoted", "accepted by ada", "ada")
TURNED_AWAY = Decision("c", "rejected", "rejected by ada", "ada")


def expected(
    stage: Stage,
    verdict: Verdict,
    unheld: Sequence[str],
    human: Decision | None,
    unsigned: str,
    lowered: str = "",
) -> tuple[str, str]:
    """What the policy is meant to say, written down a second time: outcome, and the rule."""
    if verdict.tripwires:
        return "quarantined", "tripwires"
    for lacks, rule in (
        (verdict.outcome != "better", "verdict"),
        (bool(verdict.regressions), "regressions"),
        (verdict.e_value < verdict.threshold, "evidence"),
        (bool(unheld), "sandbox"),
    ):
        if lacks:
            return "rejected", rule
    if human is None and stage == 4:
        return ("waiting", "lowered") if lowered else ("promoted", "promotion")
    if human is None:
        return "waiting", "stage"
    waits = human.outcome == "promoted" and unsigned and (lowered or stage < 4)
    if waits:
        return "waiting", "signatures"
    return ("rejected", "person") if human.outcome == "rejected" else ("promoted", "promotion")


def test_in_every_combination_the_rule_that_is_named_is_the_one_that_decides():
    seen = set[str]()
    for stage, wire, outcome, lost, e_value, unheld, human, unsigned, lowered in product(
        STAGES,
        ((), ("collapse",)),
        OUTCOMES,
        ((), ("3",)),
        (40.0, 41.0),
        ((), ("rlimits",)),
        (None, ACCEPTED, TURNED_AWAY),
        ("", "the promotion has 0 of 1 signatures"),
        ("", "b was quarantined, event 9: keeps results"),
    ):
        verdict = replace(
            BETTER, outcome=outcome, tripwires=wire, regressions=lost, e_value=e_value
        )
        policy = Policy(stage)
        asked = (verdict, unheld, human, unsigned, lowered)
        rule, decision = decisive(policy.rulings(*asked))
        assert decision == policy.decide(*asked)
        assert (decision.outcome, rule) == expected(stage, *asked)
        record = SimulatedRecord(
            unheld_in={"c": unheld}, reviews={"c": human} if human else {}, lowered_by=lowered
        )
        made = PolicyOverseer(policy, BaseCases(generations=1), lambda _: {}).decide(
            verdict, record
        )
        alone = policy.decide(verdict, unheld, human, lowered=lowered)
        assert made == alone, "without a charter nobody signs"
        seen.add(rule)
    assert seen == {rule.__name__[1:] for rule in RULES}, "every rule decides somewhere"


@dataclass(frozen=True)
class Found(Comparing):
    """Finds what it is told to."""

    like: Verdict = BETTER

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        found = super().judge(candidate, incumbent, record, seed, work)
        return replace(self.like, candidate=found.candidate, incumbent=found.incumbent)


@dataclass
class Once:
    """Hands in one candidate a generation; the very same one anew, if it is told to."""

    again: bool = False
    first: Draft | None = None
    name: str = "once"
    climber: Climber = field(default_factory=Climber)

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        if brief.tried:
            return None
        if self.first is None or not self.again:
            self.first = self.climber.write(brief, workspace)
        return self.first


def decided(
    folder: Path, like: Verdict, stage: Stage = 4, *, unsafe: bool = False, again: bool = False
) -> Path:
    """A record in which candidates were found so, and decided on at a stage."""
    subject, record = Climbing(), folder / ".successor"
    overseer = PolicyOverseer(Policy(stage), BaseCases(generations=3 if again else 2), lambda _: {})
    settings = {"lab": {"stage": stage}}
    with Ledger.open(record, settings=settings, seed=7) as ledger:
        if unsafe:
            ledger.runs_in(lambda: SandboxOpened("rlimits", trusted=False, made_of=""), unsafe=True)
        run(Parts(ledger, subject, Once(again), Found(subject, like), overseer))
    return record


def explained(record: Path, candidate: str | None = None) -> Explanation:
    with Ledger.read(record) as ledger:
        found = explain(ledger, candidate)
        made = [each for each in ledger.decisions() if each.candidate == found.candidate.id][-1]
        assert found.on_record == made
    return found


@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize("stage", [3, 4])
@pytest.mark.parametrize(
    "like",
    [
        BETTER,
        replace(BETTER, tripwires=("keeps results",)),
        replace(BETTER, outcome="unclear"),
        replace(BETTER, regressions=("3",)),
        replace(BETTER, e_value=40.0),
    ],
)
def test_what_is_on_record_is_explained_as_it_was_decided(
    tmp_path: Path, *, unsafe: bool, stage: Stage, like: Verdict
):
    found = explained(decided(tmp_path, like, stage, unsafe=unsafe))
    unheld = ("rlimits",) if unsafe else ()
    assert (found.decision.outcome, found.decided_by) == expected(stage, like, unheld, None, "")
    assert found.agrees
    assert found.decision == found.on_record, "to the word"
    standings = [found.standing(each) for each in found.rulings]
    assert standings.count("decided") == 1
    before = standings[: standings.index("decided")]
    assert set(before) == {"passed"}
    assert [each.rule for each in found.rulings[:3]] == ["pause", "charter", "quarantine"]


def test_what_holds_a_quarantined_object_was_decided_by_that(tmp_path: Path):
    record = decided(tmp_path, replace(BETTER, tripwires=("wire",)), again=True)
    with Ledger.read(record) as ledger:
        first, second = ledger.decisions()[1:]
    assert {first.outcome, second.outcome} == {"quarantined"}
    # Both have the same id: the last decision is explained.
    assert explained(record, second.candidate).decided_by == "quarantine"


def test_what_waits_is_explained_as_of_now(tmp_path: Path):
    record = decided(tmp_path, BETTER, 3)
    waits = explained(record)
    assert (waits.decided_by, waits.is_open, waits.agrees) == ("stage", True, True)
    overseer = PolicyOverseer(Policy(3), BaseCases(generations=2), lambda _: {})
    with Ledger.open(record, settings={"lab": {"stage": 3}}, seed=7) as ledger:
        ledger.pause_for(Paused("command", "odd answers", "", "ada"))
    paused = explained(record)
    assert (paused.decided_by, paused.decision.outcome) == ("pause", "waiting")
    assert "odd answers" in paused.decision.reason
    with Ledger.open(record, settings={"lab": {"stage": 3}}, seed=7) as ledger:
        ledger.lift("ada", "seen")
        ledger.review(Review("accept", "ada", "by the numbers"), overseer)
    taken = explained(record)
    assert (taken.decided_by, taken.decision.outcome) == ("promotion", "promoted")
    assert "accepted by ada (by the numbers)" in taken.decision.reason


def test_a_decision_that_the_rules_do_not_say_is_found(tmp_path: Path):
    class Lenient(PolicyOverseer):
        def decide(self, verdict: Verdict, record: Record) -> Decision:
            return Decision(verdict.candidate, "promoted", "why not", "nobody")

    subject, record = Climbing(), tmp_path / ".successor"
    lenient = Lenient(Policy(), BaseCases(generations=2), lambda _: {})
    with Ledger.open(record, settings={"lab": {"stage": 4}}, seed=7) as ledger:
        weak = Found(subject, replace(BETTER, e_value=2.0))
        run(Parts(ledger, subject, Once(), weak, lenient))
    found = explained(record)
    assert (found.decision.outcome, found.decided_by) == ("rejected", "evidence")
    assert not found.agrees


def test_what_no_rule_was_asked_about_is_said(tmp_path: Path):
    record = decided(tmp_path, BETTER)
    with Ledger.read(record) as ledger:
        first = ledger.decisions()[0].candidate
        with pytest.raises(UsageError, match="is the first version"):
            explain(ledger, first)
        with pytest.raises(UsageError, match="no version begins"):
            explain(ledger, "xyz")
