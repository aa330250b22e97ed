"""The judge: is the candidate better than the incumbent, on evidence that stays honest?"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

from successor.errors import SuccessorError
from successor.judge.budget import LEAST_ALPHA, ErrorBudget, WholeRun
from successor.judge.comparison import Comparison, Examiner
from successor.judge.evidence import interval, log_e_value
from successor.judge.plan import Sealing, make_plan
from successor.judge.trial import Settings, Trial, as_value
from successor.types import Digest, Record, Subject, Verdict, Version, Workspace
from successor.validation import validated


@dataclass(frozen=True)
class PairedJudge:
    """Both versions answer the same freshly drawn items until the evidence suffices.

    Where to look is fixed by the incumbent's own exam (see `plan`), the items by a seed that
    is used once, how much evidence is needed by what the run has left to err (see `budget`).
    Whoever judges again with the same seed and record asks the same and finds the same.
    """

    subject: Subject
    settings: Settings = field(default_factory=Settings)
    budget: ErrorBudget = field(default_factory=WholeRun)
    examiner: Subject | None = None
    """Who examines, where it is not the subject itself."""

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        """The verdict, with every answer that it rests on kept as an object.

        Raises:
            SuccessorError: when the incumbent has not been examined, or the subject leaves
                items unmarked.
        """
        exam = record.exam(incumbent.id)
        if exam is None:
            raise SuccessorError(f"{incumbent.id[:12]} has no exam on record to be judged against")
        apart = self.subject.sealed() if isinstance(self.subject, Sealing) else ()
        plan = make_plan(exam, self.settings.mastery, len(self.settings.margins), apart)
        threshold = 1.0 / self.budget.level(record)
        trial = Trial(
            Examiner(self.examiner or self.subject, candidate, incumbent, seed, work),
            self.settings,
            math.log(threshold),
            Comparison(plan.gain),
            tuple(Comparison(mix) for mix in plan.holds),
            Comparison(plan.sealed) if plan.sealed else None,
        )
        finding = trial.run()
        differences = trial.gain.differences()
        return Verdict(
            candidate=candidate.id,
            incumbent=incumbent.id,
            outcome=finding.outcome,
            e_value=as_value(log_e_value(differences, 0.0)) if len(differences) else 1.0,
            threshold=threshold,
            effect=float(differences.mean()) if len(differences) else 0.0,
            interval=interval(differences),
            items=trial.items,
            seed=seed,
            reason=finding.reason,
            regressions=finding.regressions,
            tripwires=finding.tripwires,
            evidence=_keep(trial, work),
        )


def _keep(trial: Trial, work: Workspace) -> Digest:
    """Write down every draw with both versions' scores, slice by slice."""
    kept: dict[str, object] = {
        "gain": trial.gain.kept(),
        "holds": [hold.kept() for hold in trial.holds],
    }
    if trial.sealed:
        kept["sealed"] = trial.sealed.kept()
    return work.write(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode())


@checked_dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Paired:
    """The `[judge]` table of the kind "paired"."""

    alpha: float = Field(default=0.05, ge=LEAST_ALPHA, lt=1)
    most: int = Field(default=4096, ge=64)


def paired(settings: Mapping[str, object], subject: Subject) -> PairedJudge:
    """The judge `paired`: fresh items, the same for both versions, until the evidence suffices."""
    told = validated(Paired, "judge", settings)
    return PairedJudge(subject, Settings(most=told.most), WholeRun(told.alpha))
