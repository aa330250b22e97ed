"""The judge of programs: right where the incumbent is, and faster, more accurate or simpler."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from successor.errors import SuccessorError
from successor.judge.bout import Bout
from successor.judge.budget import ErrorBudget, WholeRun
from successor.judge.comparison import Comparison
from successor.judge.contest import Contest, Correctness
from successor.judge.costs import Lowered
from successor.judge.objectives import Objective, Raced, Scored, Weighed
from successor.judge.plan import Mix
from successor.judge.race_settings import RaceSettings
from successor.judge.racer import COST, FIXED, SPEED, Racer, kind
from successor.judge.trial import Finding, as_value
from successor.types import Digest, Exam, Record, Subject, Verdict, Version, Workspace
from successor.validation import require_able, validated

_LEAST = 4
"""Items in the smallest batch of scores: an item may take minutes."""
_NEVER_KEPT = frozenset({SPEED, COST, "accuracy", "memory", "size"})
"""Slices that measure how well and not whether: without an objective nobody asks them."""


@dataclass(frozen=True)
class RaceJudge:
    """Both programs answer and run on the same fresh inputs until the evidence suffices.

    Which inputs are drawn follows from the seed and the incumbent's exam, and how much evidence
    is needed from what the run has left to err (see `budget`). Whoever judges again with the
    same seed and record asks the same; only times differ.
    """

    subject: Racer
    settings: RaceSettings = field(default_factory=RaceSettings)
    budget: ErrorBudget = field(default_factory=WholeRun)

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        """The verdict, with every score and every time that it rests on kept as an object.

        Raises:
            SuccessorError: when the incumbent has not been examined, or the subject leaves
                items unmarked or heats unrun.
        """
        exam, began = record.exam(incumbent.id), time.monotonic()
        if exam is None:
            raise SuccessorError(f"{incumbent.id[:12]} has no exam on record to be judged against")
        threshold = 1.0 / self.budget.level(record)
        bout = Bout(self.subject, candidate, incumbent, seed, work, corpus(record, work))
        contest = self._contest(bout, exam, math.log(threshold))
        finding = contest.run()
        effect = contest.effect()
        return Verdict(
            candidate=candidate.id,
            incumbent=incumbent.id,
            outcome=finding.outcome,
            e_value=as_value(contest.evidence),
            threshold=threshold,
            effect=effect.value,
            interval=(effect.low, effect.high),
            items=contest.items,
            seed=seed,
            reason=finding.reason,
            regressions=finding.regressions,
            tripwires=finding.tripwires,
            evidence=_keep(contest, finding, time.monotonic() - began),
        )

    def _contest(self, bout: Bout, exam: Exam, needed: float) -> Contest:
        weights = self.subject.weigh(bout.candidate, bout.incumbent, bout.work)
        new, old = weights.get("size", (0.0, 0.0))
        factor = self.settings.factor(new - old)
        more = f", for {new - old:,.0f} nodes of code more" if new > old else ""
        return Contest(
            bout,
            self._correctness(bout, exam),
            [
                self._objective(name, bout, exam, weights, factor)
                for name in self.subject.objectives
            ],
            needed,
            new - old,
            f"a gain of {100 * (factor - 1):.3g}% was asked for{more}",
            tuple((part.name, _LEAST) for part in exam.slices if part.scores),
        )

    def _correctness(self, bout: Bout, exam: Exam) -> Correctness:
        kept = {
            part.name: len(part.scores)
            for part in exam.slices
            if part.scores and kind(part.name) not in _NEVER_KEPT | {*self.subject.objectives}
        }
        sampled = [name for name in kept if kind(name) != FIXED]
        return Correctness(
            bout,
            tuple((name, count) for name, count in kept.items() if kind(name) == FIXED),
            Comparison(_equal(sampled, 16)) if sampled else None,
            self.settings.margin,
            self.settings.items,
        )

    def _objective(
        self,
        name: str,
        bout: Bout,
        exam: Exam,
        weights: Mapping[str, tuple[float, float]],
        factor: float,
    ) -> Objective:
        told = self.settings
        if name in weights:
            return Weighed(name, *weights[name], factor, told.tolerance)
        parts = sorted((p for p in exam.slices if kind(p.name) == name), key=lambda p: p.size)
        if not parts:
            raise SuccessorError(f"the incumbent's exam has no items of the objective {name!r}")
        names = [part.name for part in parts]
        if name == SPEED:
            return Raced(bout, _equal(names, 1), factor, told.tolerance, told.lag, told.heats)
        if name == COST:
            mix = _equal(names, 1)
            return Lowered(bout, mix, factor, told.tolerance, told.lag, told.heats)
        room = 1.0 - sum(part.mean for part in parts) / len(parts)
        mix = _equal(names, _LEAST)
        return Scored(bout, Comparison(mix), room, factor, told.margin, told.items)


def race(settings: Mapping[str, object], subject: Subject) -> RaceJudge:
    """The judge `race` of a lab whose subject's versions are programs.

    Raises:
        UsageError: when a setting is unknown or out of its range, or the subject cannot race.
    """
    checked = validated(RaceSettings, "judge", settings)
    told = '[judge] kind = "race": judges programs; for this subject: "paired"'
    require_able(subject, ("ask", "race", "weigh", "suspicions"), told)
    return RaceJudge(cast("Racer", subject), checked, WholeRun(checked.alpha))


def corpus(record: Record, work: Workspace) -> tuple[bytes, ...]:
    """Every counterexample that a verdict on record rests on, each once, oldest first."""
    kept = dict[str, None]()
    for digest in dict.fromkeys(verdict.evidence for verdict in record.verdicts()):
        if digest is not None:
            evidence: dict[str, Any] = json.loads(work.read(digest))
            kept |= dict.fromkeys(evidence.get("counterexamples", ()))
    return tuple(text.encode(errors="surrogateescape") for text in kept)


def _equal(names: Sequence[str], least: int) -> Mix:
    """Equal parts of all slices, at least so many items together."""
    each = -(-least // len(names))
    return Mix(tuple((name, each) for name in names))


def _keep(contest: Contest, finding: Finding, seconds: float) -> Digest:
    """Write down every draw with both versions' scores or times, and what came of them."""
    sampled, bout = contest.correctness.sampled, contest.bout
    named = zip(bout.racer.objectives, contest.objectives, strict=True)
    kept = {
        "counterexamples": [each.decode(errors="surrogateescape") for each in bout.counterexamples],
        "notes": bout.notes,
        "correctness": sampled.kept() if sampled else [],
        "objectives": {name: objective.kept() for name, objective in named},
        "nodes_added": contest.added,
        "outcome": finding.outcome,
        "seconds": seconds,
    }
    return bout.work.write(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode())
