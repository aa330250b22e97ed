"""May it? The policy that lets a version take over, and the base cases that end the recursion."""

from successor.oversight.base_cases import BaseCases, Measure, require_bound, require_measurable
from successor.oversight.overseer import PolicyOverseer
from successor.oversight.policy import STAGES, Policy, Stage

__all__ = [
    "STAGES",
    "BaseCases",
    "Measure",
    "Policy",
    "PolicyOverseer",
    "Stage",
    "require_bound",
    "require_measurable",
]
