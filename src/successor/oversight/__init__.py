"""May it? The policy that lets a version take over, and the base cases that end the recursion."""

from successor.oversight import stopfile
from successor.oversight.approvals import (
    Adopted,
    adopted,
    adoption,
    approval,
    lift_of,
    not_in_force,
    people_who_signed,
    restoring,
    rollback_of,
)
from successor.oversight.base_cases import BaseCases, Measure, require_bound, require_measurable
from successor.oversight.explaining import Explanation, explain
from successor.oversight.lawful import Lawfulness, lawfulness, require_lawful
from successor.oversight.meter import Meter
from successor.oversight.overseer import (
    CHARTER,
    Interrupt,
    Interruptible,
    PolicyOverseer,
    either,
)
from successor.oversight.policy import RULES, STAGES, Policy, Ruling, Stage, decisive, effective
from successor.oversight.proved import stage_of
from successor.oversight.rules import Charter, Keyholder, Rules, loosened
from successor.oversight.takings import Taking, taken_back, takings
from successor.oversight.tally import (
    Tally,
    charter_tally,
    lift_tally,
    open_acts,
    promotion_tally,
    raise_tally,
    rollback_tally,
    tally_of,
    unsigned,
)
from successor.oversight.thresholds import ACCELERATION, GROWTH, THRESHOLD
from successor.oversight.watch import Pulse, Watch
from successor.oversight.witness import (
    Testimony,
    Witnessed,
    automation,
    follow,
    head_of,
    heads_in,
    require_known,
    require_witnessed,
    tell,
    vouched,
    witnesses_of,
)
from successor.oversight.witness_places import Witness, misnamed, required_witness, witness_at

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
    "Taking",
    "Tally",
    "Testimony",
    "Watch",
    "Witness",
    "Witnessed",
    "adopted",
    "adoption",
    "approval",
    "automation",
    "charter_tally",
    "decisive",
    "effective",
    "either",
    "explain",
    "follow",
    "head_of",
    "heads_in",
    "lawfulness",
    "lift_of",
    "lift_tally",
    "loosened",
    "misnamed",
    "not_in_force",
    "open_acts",
    "people_who_signed",
    "promotion_tally",
    "raise_tally",
    "require_bound",
    "require_known",
    "require_lawful",
    "require_measurable",
    "require_witnessed",
    "required_witness",
    "restoring",
    "rollback_of",
    "rollback_tally",
    "stage_of",
    "stopfile",
    "taken_back",
    "takings",
    "tally_of",
    "tell",
    "unsigned",
    "vouched",
    "witness_at",
    "witnesses_of",
]
