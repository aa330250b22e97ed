"""May it? The policy that lets a version take over, and the base cases that end the recursion."""

from successor.oversight.approvals import (
    Adopted,
    adopted,
    adoption,
    approval,
    missing_for_charter,
    not_in_force,
    people_who_signed,
    unsigned,
)
from successor.oversight.base_cases import BaseCases, Measure, require_bound, require_measurable
from successor.oversight.lawful import Lawfulness, lawfulness
from successor.oversight.overseer import CHARTER, PolicyOverseer
from successor.oversight.policy import STAGES, Policy, Stage
from successor.oversight.rules import Charter, Keyholder, Rules, loosened
from successor.oversight.witness import (
    Witnessed,
    follow,
    head_of,
    heads_in,
    require_witnessed,
    tell,
    vouched,
)

__all__ = [
    "CHARTER",
    "STAGES",
    "Adopted",
    "BaseCases",
    "Charter",
    "Keyholder",
    "Lawfulness",
    "Measure",
    "Policy",
    "PolicyOverseer",
    "Rules",
    "Stage",
    "Witnessed",
    "adopted",
    "adoption",
    "approval",
    "follow",
    "head_of",
    "heads_in",
    "lawfulness",
    "loosened",
    "missing_for_charter",
    "not_in_force",
    "people_who_signed",
    "require_bound",
    "require_measurable",
    "require_witnessed",
    "tell",
    "unsigned",
    "vouched",
]
