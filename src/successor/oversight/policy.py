"""Who decides on a promotion: the stage of autonomy, and what holds at every stage.

One list of rules, asked in its order: the first that has a decision to make has made it. Whoever
wants to know why reads the same answers (`explaining`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from successor.types import Decision, Verdict

Stage: TypeAlias = Literal[1, 2, 3, 4]
STAGES: dict[Stage, str] = {1: "human", 2: "suggest", 3: "autonomous", 4: "closed"}
"""The stages by name; up to the third a human decides on every promotion."""
LOWERED: Stage = 3
"""No higher than this is the stage from a tripwire on, until people let the policy decide again."""


@dataclass(frozen=True)
class Case:
    """All that a rule looks at."""

    verdict: Verdict
    asked: Stage
    unheld: Sequence[str]
    human: Decision | None
    unsigned: str
    lowered: str

    @property
    def stage(self) -> Stage:
        """The stage that counts."""
        return effective(self.asked, self.lowered)

    @property
    def by(self) -> str:
        """Who decides where no human does."""
        return f"policy, stage {self.stage} ({STAGES[self.stage]})"

    @property
    def accepted(self) -> bool:
        """Whether a human wants it promoted."""
        return self.human is not None and self.human.outcome == "promoted"

    def rejected(self, reason: str) -> Decision:
        """What a rule decides that it does not pass."""
        return Decision(self.verdict.candidate, "rejected", reason, self.by)

    def waits(self, reason: str) -> Decision:
        """What a rule decides that a human may still satisfy."""
        told = f"{reason}: {self.verdict.reason}"
        return Decision(self.verdict.candidate, "waiting", told, self.by)


def effective(stage: Stage, lowered: str | None) -> Stage:
    """A stage as it is after the tripwire that is told, if any is."""
    return min(stage, LOWERED) if lowered else stage


@dataclass(frozen=True)
class Ruling:
    """What one rule says of a case."""

    rule: str
    told: str
    """What it looked at, with the figures."""
    decision: Decision | None = None
    """None where it lets the next rule decide."""


@dataclass(frozen=True)
class Policy:
    """What a version needs to take over."""

    stage: Stage = 4

    def decide(
        self,
        verdict: Verdict,
        unheld: Sequence[str] = (),
        human: Decision | None = None,
        unsigned: str = "",
        lowered: str = "",
    ) -> Decision:
        """Promote what is better beyond doubt; wait for a human where the stage asks for one.

        Args:
            unheld: sandboxes that do not hold in which the candidate was examined or judged: what
                ran there may have changed what was found, so no stage and nobody promotes it.
            human: what a human decided on it. It counts at every stage, and only for what may be
                promoted at all.
            unsigned: what a promotion that a human decides on lacks of the signatures it needs.
            lowered: the tripwire since which people did not let the policy decide again.
        """
        return decisive(self.rulings(verdict, unheld, human, unsigned, lowered))[1]

    def rulings(
        self,
        verdict: Verdict,
        unheld: Sequence[str] = (),
        human: Decision | None = None,
        unsigned: str = "",
        lowered: str = "",
    ) -> tuple[Ruling, ...]:
        """What every rule says, in the order in which they are asked."""
        case = Case(verdict, self.stage, unheld, human, unsigned, lowered)
        return tuple(rule(case) for rule in RULES)


def decisive(rulings: Sequence[Ruling]) -> tuple[str, Decision]:
    """The rule that decided, by name, and what it decided: the first that had something to."""
    return next((each.rule, each.decision) for each in rulings if each.decision is not None)


def _tripwires(case: Case) -> Ruling:
    wires = "; ".join(case.verdict.tripwires)
    if not wires:
        return Ruling("tripwires", "none was set off")
    told = f"set off a tripwire: {wires}"
    found = Decision(case.verdict.candidate, "quarantined", told, case.by)
    return Ruling("tripwires", told, found)


def _verdict(case: Case) -> Ruling:
    told = f"{case.verdict.outcome}: {case.verdict.reason}"
    better = case.verdict.outcome == "better"
    return Ruling("verdict", told, None if better else case.rejected(told))


def _regressions(case: Case) -> Ruling:
    lost = ", ".join(case.verdict.regressions)
    if not lost:
        return Ruling("regressions", "all that had to hold was shown to hold")
    told = f"{case.verdict.outcome}: {case.verdict.reason}"
    return Ruling("regressions", f"not shown to hold: {lost}", case.rejected(told))


def _evidence(case: Case) -> Ruling:
    found = case.verdict
    told = f"{found.e_value:.3g} of the {found.threshold:.3g} needed"
    enough = found.e_value >= found.threshold
    lacks = None if enough else case.rejected(f"the evidence is only {told}")
    return Ruling("evidence", told, lacks)


def _sandbox(case: Case) -> Ruling:
    if not case.unheld:
        return Ruling("sandbox", "seen in none that does not hold")
    told = f"judged in a sandbox that does not hold: {', '.join(case.unheld)}; never promoted"
    return Ruling("sandbox", told, case.rejected(f"{told} ({case.verdict.reason})"))


def _lowered(case: Case) -> Ruling:
    """A tripwire takes the decision from the policy, whoever set it off."""
    if not case.lowered:
        return Ruling("lowered", "no tripwire lowered the stage")
    if case.asked == case.stage:
        return Ruling("lowered", f"stage {case.stage} is no higher than after a tripwire")
    told = f"a tripwire lowered stage {case.asked} to {case.stage} ({case.lowered})"
    waits = case.waits(f"better, and {told}") if case.human is None else None
    return Ruling("lowered", told, waits)


def _stage(case: Case) -> Ruling:
    if case.stage == 4:
        return Ruling("stage", "at stage 4 the policy decides")
    told = f"at stage {case.stage} a human decides"
    if case.human is not None:
        return Ruling("stage", told)
    return Ruling("stage", f"{told}, and nobody has", case.waits(f"better, and {told}"))


def _person(case: Case) -> Ruling:
    if case.human is None:
        return Ruling("person", "nobody has decided on it")
    turned_away = None if case.accepted else case.human
    return Ruling("person", case.human.reason, turned_away)


def _signatures(case: Case) -> Ruling:
    """Who has to be asked is who has to sign: none of this at stage 4."""
    if case.stage == 4:
        return Ruling("signatures", "at stage 4 nobody signs a promotion")
    if not case.unsigned:
        return Ruling("signatures", "none is missing")
    return Ruling("signatures", case.unsigned, case.waits(case.unsigned))


def _promotion(case: Case) -> Ruling:
    found = case.verdict
    by_policy = Decision(found.candidate, "promoted", f"better: {found.reason}", case.by)
    made = case.human or by_policy
    return Ruling("promotion", f"nothing stands against it; by {made.by}", made)


RULES: tuple[Callable[[Case], Ruling], ...] = (
    _tripwires,
    _verdict,
    _regressions,
    _evidence,
    _sandbox,
    _lowered,
    _stage,
    _person,
    _signatures,
    _promotion,
)
"""What is asked of a case, in this order; the last always has a decision."""
