"""May it? The policy that lets a version take over, and the base cases that end the recursion."""

from successor.oversight import stopfile
from successor.oversight.approvals import (
    Adopted,
    adopted,
    adoption,
    approval,
    lacking,
    lift_of,
    missing_for_charter,
    not_in_force,
    people_who_signed,
    restoring,
    rollback_of,
    unsigned,
)
from successor.oversight.base_cases import BaseCases, Measure, require_bound, require_measurable
from successor.oversight.explaining import Explanation, explain, taken_back
from successor.oversight.lawful import Lawfulness, lawfulness, stage_of
from successor.oversight.meter import Meter
from successor.oversight.overseer import (
    CHARTER,
    Interrupt,
    Interruptible,
    PolicyOverseer,
    either,
)
from successor.oversight.policy import RULES, STAGES, Policy, Ruling, Stage, decisive, effective
from successor.oversight.rules import Charter, Keyholder, Rules, loosened
from successor.oversight.thresholds import ACCELERATION, GROWTH, THRESHOLD
from successor.oversight.watch import Pulse, Watch
from successor.oversight.witness import (
    Witnessed,
    follow,
    head_of,
    heads_in,
    require_known,
    require_witnessed,
    tell,
    vouched,
    witnesses_of,
)
from successor.oversight.witness_places import Witness, required_witness, witness_at

__all__ = [
    "ACCELERATION",
    "CHARTER",
    "GROWTH",
    "RULES",
    "STAGES",
    "THRESHOLD",
    "Adopted",
    "BaseCases",
    "Charter",
    "Explanation",
    "Interrupt",
    "Interruptible",
    "Keyholder",
    "Lawfulness",
    "Measure",
    "Meter",
    "Policy",
    "PolicyOverseer",
    "Pulse",
    "Rules",
    "Ruling",
    "Stage",
    "Watch",
    "Witness",
    "Witnessed",
    "adopted",
    "adoption",
    "approval",
    "decisive",
    "effective",
    "either",
    "explain",
    "follow",
    "head_of",
    "heads_in",
    "lacking",
    "lawfulness",
    "lift_of",
    "loosened",
    "missing_for_charter",
    "not_in_force",
    "people_who_signed",
    "require_bound",
    "require_known",
    "require_measurable",
    "require_witnessed",
    "required_witness",
    "restoring",
    "rollback_of",
    "stage_of",
    "stopfile",
    "taken_back",
    "tell",
    "unsigned",
    "vouched",
    "witness_at",
    "witnesses_of",
]
