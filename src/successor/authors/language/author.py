"""`improve_self` of a language model: weaknesses, better examples, training.

weaknesses = model.evaluate_self()                 (the brief)
data = model.generate_better_examples(weaknesses)  (generate_better_examples)
next_model = train(data)                           (train)

The model answers problems that it sometimes solves, a verifier marks the answers, and it is
trained on the right ones: rejection-sampling fine-tuning, as in STaR (Zelikman et al. 2022) and
ReST-EM (Singh et al. 2023); or, by `objective`, to prefer them to wrong ones (DPO, GRPO).
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from successor.authors.language.choosing import chosen, lessons, replayed, shares, weights
from successor.authors.language.collapse import collapsed, manner
from successor.authors.language.learner import LanguageLearner
from successor.authors.language.progress import Made, State, TrainersDesk
from successor.authors.language.settings import Settings
from successor.types import Brief, Digest, Draft, Version, Workspace

EXAMPLES = "examples.jsonl"
PROVENANCE = "provenance.json"
_SOMETIMES = "too few problems that were solved sometimes to learn from"
TOO_FEW = {
    "imitate": "too few right answers to learn from",
    "dpo": _SOMETIMES,
    "grpo": _SOMETIMES,
}
MOST_TIMES = 4
"""Of `problems`, after as many refusals."""
_SEEDS = 2**62


@dataclass(frozen=True)
class Data:
    """What is trained on."""

    fresh: Sequence[Any]
    replayed: Sequence[Any]

    def figures(self) -> dict[str, float | int | str]:
        """Counts, for people and for base cases."""
        return {
            "labels": len(self.fresh),
            "replayed": len(self.replayed),
            "examples": len(self.fresh) + len(self.replayed),
            "practised": ", ".join(sorted({each.slice for each in self.fresh})),
        }

    def provenance(self, state: State) -> bytes:
        """Which examples were trained on, by digest, and the objects with all that was tried."""
        told = {
            "attempts": [
                {"digest": made.digest, "asked": made.asked, "right": made.right}
                for made in state.made
            ],
            "slices": dict(sorted(Counter(each.slice for each in self.fresh).items())),
            "fresh": [each.id for each in self.fresh],
            "replayed": [each.id for each in self.replayed],
        }
        return json.dumps(told, sort_keys=True, indent=1).encode()


class LanguageTrainingAuthor:
    """Writes the next version by training it on right answers of the present one."""

    name = "language_training"

    def __init__(self, learner: LanguageLearner, settings: Settings) -> None:
        self.learner = learner
        self.settings = settings

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """One candidate per generation; goes on where a kill left it.

        Figures alone when there is nothing to learn from, or the candidate collapsed.
        """
        if brief.tried:
            return None
        state = State.load(workspace.resume())
        state = self.generate_better_examples(brief, state, workspace)
        data = self.data(brief, state, workspace)
        figures: dict[str, float | int | str] = {**state.figures(), **data.figures()}
        if len(data.fresh) < self.settings.least:
            return Draft({}, figures | {"gave_up": TOO_FEW[self.settings.objective]})
        files, cost = self.train(brief, data, state, workspace)
        figures |= cost | {"tokens": cost["tokens"] + state.drawn}
        if told := self.collapse(brief, files, state, workspace):
            return Draft({}, figures | {"gave_up": told})
        kept = {
            EXAMPLES: workspace.write(self.learner.pack(data.fresh)),
            PROVENANCE: workspace.write(data.provenance(state)),
        }
        return Draft({**files, **kept}, figures)

    def generate_better_examples(self, brief: Brief, state: State, workspace: Workspace) -> State:
        """Attempts at problems of the weak slices, lesson by lesson, all of them kept."""
        told = self.settings
        wanted = weights(brief, self.learner.trainable())
        if not wanted:
            return state
        problems = told.problems * min(MOST_TIMES, 1 + brief.refused)
        plan = lessons(shares(wanted, problems), max(1, self.learner.rows // told.samples))
        for number, lesson in enumerate(plan[len(state.made) :], len(state.made)):
            figures = state.figures()
            workspace.progress("practising", number, len(plan), **{"yield": figures["yield"]})
            state = state.add(self._lesson(brief, lesson, number, workspace))
            workspace.checkpoint(state.dump())
        return state

    def _lesson(
        self, brief: Brief, lesson: dict[str, int], number: int, workspace: Workspace
    ) -> Made:
        began, told = time.monotonic(), self.settings
        seed = int(np.random.default_rng([brief.seed, 0, number]).integers(_SEEDS))
        attempts = self.learner.attempt(
            brief.lineage[-1], lesson, told.samples, told.temperature, seed, workspace
        )
        return Made(
            workspace.write(self.learner.pack(attempts)),
            len(attempts),
            sum(each.right for each in attempts),
            sum(len(each.tokens) for each in attempts),
            time.monotonic() - began,
        )

    def data(self, brief: Brief, state: State, workspace: Workspace) -> Data:
        """The fresh answers worth learning, and some that earlier generations learnt."""
        told = self.settings
        attempts = [a for m in state.made for a in self.learner.unpack(workspace.read(m.digest))]
        fresh = chosen(told.objective, attempts, told.keep, told.examples)
        if told.objective != "imitate":  # they compare with the version that gave the answers
            return Data(fresh, ())
        older = [
            each
            for version in brief.lineage
            if EXAMPLES in version.files
            for each in self.learner.unpack(workspace.read(version.files[EXAMPLES]))
        ]
        return Data(fresh, replayed(older, fresh, told.replay, brief.seed))

    def train(
        self, brief: Brief, data: Data, state: State, workspace: Workspace
    ) -> tuple[dict[str, Digest], dict[str, float]]:
        """The successor's files, and what training cost."""
        return self.learner.train(
            None if self.settings.afresh else brief.lineage[-1],
            [*data.fresh, *data.replayed],
            self.settings.epochs,
            self.settings.learning_rate,
            brief.seed % _SEEDS,
            TrainersDesk(workspace, state),
            self.settings.objective,
        )

    def collapse(
        self, brief: Brief, files: dict[str, Digest], state: State, workspace: Workspace
    ) -> str | None:
        """Why the candidate is not worth judging: what it says to fresh problems, beside what the
        incumbent says to them.
        """
        told, candidate = self.settings, Version("candidate", files, (), self.name)
        if not told.probe:
            return None
        seed = int(np.random.default_rng([brief.seed, 3]).integers(_SEEDS))
        counts = shares(weights(brief, self.learner.trainable()), told.probe)
        workspace.progress("probing", 0, 0)
        before, now = (
            self.learner.attempt(version, counts, 1, told.temperature, seed, workspace)
            for version in (brief.lineage[-1], candidate)
        )
        return collapsed(manner(now), manner(before))
