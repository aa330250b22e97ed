"""Who decides on a promotion: the stage of autonomy, and what holds at every stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from successor.types import Decision, Verdict

Stage: TypeAlias = Literal[1, 2, 3, 4]
STAGES: dict[Stage, str] = {1: "human", 2: "suggest", 3: "autonomous", 4: "closed"}
"""The stages by name; up to the third a human decides on every promotion."""


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
    ) -> Decision:
        """Promote what is better beyond doubt; wait for a human where the stage asks for one.

        Args:
            unheld: sandboxes that do not hold in which the candidate was examined or judged: what
                ran there may have changed what was found, so no stage and nobody promotes it.
            human: what a human decided on it. It counts at every stage, and only for what may be
                promoted at all.
            unsigned: what a promotion that a human decides on lacks of the signatures it needs.
        """
        candidate, told = verdict.candidate, verdict.reason
        by = f"policy, stage {self.stage} ({STAGES[self.stage]})"
        if verdict.tripwires:
            wires = "; ".join(verdict.tripwires)
            return Decision(candidate, "quarantined", f"set off a tripwire: {wires}", by)
        if verdict.outcome != "better" or verdict.regressions:
            return Decision(candidate, "rejected", f"{verdict.outcome}: {told}", by)
        if verdict.e_value < verdict.threshold:
            needed = f"{verdict.e_value:.3g} of the {verdict.threshold:.3g} needed"
            return Decision(candidate, "rejected", f"the evidence is only {needed}", by)
        if unheld:
            where = f"judged in a sandbox that does not hold: {', '.join(unheld)}; never promoted"
            return Decision(candidate, "rejected", f"{where} ({told})", by)
        accepted = human is not None and human.outcome == "promoted"
        if self.stage < 4 and (human is None or (accepted and unsigned)):
            lacks = unsigned if human else f"better, and at stage {self.stage} a human decides"
            return Decision(candidate, "waiting", f"{lacks}: {told}", by)
        return human or Decision(candidate, "promoted", f"better: {told}", by)
