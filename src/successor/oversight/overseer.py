"""The overseer: may the candidate take over, and may the recursion go on?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from successor.ledger import PAUSED
from successor.oversight import base_cases as cases_of
from successor.oversight import thresholds
from successor.oversight.approvals import adopted, not_in_force
from successor.oversight.base_cases import BaseCases, Measure, require_bound
from successor.oversight.policy import Policy, Ruling, decisive
from successor.oversight.rules import Charter
from successor.oversight.tally import unsigned
from successor.types import Counts, Decision, Record, Stop, Verdict

CHARTER = "charter"
"""What ends a run that asks for more than people signed."""


def rulings(policy: Policy, verdict: Verdict, record: Record) -> tuple[Ruling, ...]:
    """What each rule of a policy says of a verdict, at no higher stage than people signed."""
    candidate, law = verdict.candidate, adopted(record)
    below = law is not None and law.charter.stage < policy.stage
    asked = Policy(law.charter.stage) if law and below else policy
    return asked.rulings(
        verdict,
        record.unheld(candidate),
        record.reviewed(candidate),
        unsigned(verdict, record),
        record.lowered() or "",
    )


@dataclass(frozen=True)
class PolicyOverseer:
    """Decides by a policy and stops by base cases, both fixed when the lab is opened.

    Raises:
        UsageError: when nothing has to end the recursion.
    """

    policy: Policy
    cases: BaseCases
    measure: Measure
    mastery: float = 0.95
    """Share of right items from which on a slice counts as mastered."""
    charter: Charter | None = None
    """What the lab says now; a run by it may be stricter than what people signed, never looser."""

    def __post_init__(self) -> None:
        require_bound(self.cases)

    def decide(self, verdict: Verdict, record: Record) -> Decision:
        """What the policy makes of a verdict; a few words of reason with its figures."""
        return decisive(rulings(self.policy, verdict, record))[1]

    def to_confirm(self, record: Record) -> Counts:
        """The unseen items that the incumbent has to be asked before a target counts.

        Raises:
            UsageError: when the target names what nothing measures.
        """
        if record.pause() is not None:
            return ()
        return cases_of.to_confirm(self.cases, record, self.measure)

    def base_case(self, record: Record) -> Stop | None:
        """The first base case met, asked between generations; the goal counts before a limit.

        Raises:
            UsageError: when the target names what nothing measures.
        """
        return (
            self._paused(record)
            or self._unlawful(record)
            or self._far(record)
            or cases_of.collapse(self.cases, record, self.mastery)
            or cases_of.target(self.cases, record, self.measure)
            or self.urgent(record)
            or cases_of.generations(self.cases, record)
            or cases_of.consumption(self.cases, record)
            or cases_of.plateau(self.cases, record)
        )

    def urgent(self, record: Record) -> Stop | None:
        """A base case that ends even a step in the middle: something measured is used up."""
        return cases_of.wall_clock(self.cases, record) or cases_of.measured(self.cases, record)

    def full(self, record: Record) -> Stop | None:
        """Whether nothing more may be written."""
        return cases_of.disk(self.cases, record)

    def _paused(self, record: Record) -> Stop | None:
        told = record.pause()
        return None if told is None else Stop(PAUSED, told, needs_human=True)

    def _unlawful(self, record: Record) -> Stop | None:
        """Whether the lab asks for less than the charter in force."""
        told = not_in_force(self.charter, adopted(record))
        if not told:
            return None
        return Stop(CHARTER, f"people have to sign first: {told}", needs_human=True)

    def _far(self, record: Record) -> Stop | None:
        """Whether it came further than people signed for."""
        if self.charter is None:
            return None
        return thresholds.passed(self.charter.rules.thresholds, record, self.measure)


Interrupt = Callable[[], Stop | None]
"""Asked at every progress report whether something wants the run to end."""


def either(first: Interrupt, second: Interrupt | None) -> Interrupt:
    """Whether one of the two wants it."""
    return first if second is None else lambda: first() or second()


@dataclass(frozen=True)
class Interruptible:
    """An overseer that also ends the recursion between generations when it is asked to."""

    overseer: PolicyOverseer
    interrupt: Interrupt

    def decide(self, verdict: Verdict, record: Record) -> Decision:
        return self.overseer.decide(verdict, record)

    def to_confirm(self, record: Record) -> Counts:
        return () if self.interrupt() else self.overseer.to_confirm(record)

    def base_case(self, record: Record) -> Stop | None:
        return self.interrupt() or self.overseer.base_case(record)
