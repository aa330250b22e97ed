"""The overseer: may the candidate take over, and may the recursion go on?"""

from __future__ import annotations

from dataclasses import dataclass

from successor.oversight import base_cases as cases_of
from successor.oversight.base_cases import BaseCases, Measure, require_bound
from successor.oversight.policy import Policy
from successor.types import Counts, Decision, Record, Stop, Verdict


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

    def __post_init__(self) -> None:
        require_bound(self.cases)

    def decide(self, verdict: Verdict, record: Record) -> Decision:
        """What the policy makes of a verdict; a few words of reason with its figures."""
        candidate = verdict.candidate
        return self.policy.decide(verdict, record.unheld(candidate), record.reviewed(candidate))

    def to_confirm(self, record: Record) -> Counts:
        """The unseen items that the incumbent has to be asked before a target counts.

        Raises:
            UsageError: when the target names what nothing measures.
        """
        return cases_of.to_confirm(self.cases, record, self.measure)

    def base_case(self, record: Record) -> Stop | None:
        """The first base case met, asked between generations; the goal counts before a limit.

        Raises:
            UsageError: when the target names what nothing measures.
        """
        return (
            cases_of.collapse(self.cases, record, self.mastery)
            or cases_of.target(self.cases, record, self.measure)
            or self.urgent(record)
            or cases_of.generations(self.cases, record)
            or cases_of.consumption(self.cases, record)
            or cases_of.plateau(self.cases, record)
        )

    def urgent(self, record: Record) -> Stop | None:
        """A base case that ends even a step in the middle: no time is left."""
        return cases_of.wall_clock(self.cases, record)
