"""Parts that only a control may use: true labels, no labels, no gate, the published schedule."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from successor.authors.training import Learner, Settings
from successor.authors.training.learner import Model, Problems
from successor.authors.training.strategies import Labels
from successor.subjects.transformer import Transformer
from successor.subjects.transformer.problems import Examples, Task
from successor.subjects.transformer.problems import Problems as Posed
from successor.subjects.transformer.subject import EXAMPLES, WEIGHTS
from successor.types import Brief, Draft, Draw, Exam, Record, Verdict, Version, Workspace

SEEN = 10
"""How often a fresh example is seen, on average; in the paper 512,000 draws from 50,000."""


@dataclass(frozen=True)
class Taught:
    """A subject whose first version is given: the base model that all arms of a seed share."""

    learner: Transformer
    weights: bytes

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return Draft({WEIGHTS: workspace.write(self.weights)})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        return self.learner.evaluate_self(version, seed, workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        return self.learner.examine(version, draw, workspace)


@dataclass(frozen=True)
class NoGate:
    """In a judge's place: whatever is handed in is promoted, as in the literature."""

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        told = "not judged: in this arm every round is promoted"
        return Verdict(
            candidate.id, incumbent.id, "better", 1.0, 1.0, 0.0, (-1.0, 1.0), 0, seed, told
        )


@dataclass(frozen=True)
class Nothing:
    """Trusts no answer, so that all training is on the labelled problems."""

    name: str = "labelled"
    checkpoints: int = 1

    def ambition(self, reach: int) -> int:
        return reach + 1

    def label(
        self, learner: Learner, models: Sequence[Model], problems: Problems, reach: int, seed: int
    ) -> Labels:
        none = np.zeros(len(problems), dtype=np.bool_)
        return Labels(np.zeros((len(problems), problems.size + 1), dtype=np.int8), none)


@dataclass(frozen=True)
class Truth:
    """True labels at any size: what no arm of ours can have, and an upper bound for all."""

    task: Task
    growth: float
    """How far beyond its reach a model practises, as a factor; a step of one when it is 1."""
    name: str = "truth"
    checkpoints: int = 1

    def ambition(self, reach: int) -> int:
        return max(reach + 1, int(reach * self.growth))

    def label(
        self, learner: Learner, models: Sequence[Model], problems: Problems, reach: int, seed: int
    ) -> Labels:
        truth = self.task.truth(cast("Posed", problems))
        return Labels(truth, np.ones(len(problems), dtype=np.bool_))


@dataclass(frozen=True)
class PublishedSchedule:
    """Lee et al. 2025 (arXiv 2502.01612), as their code does it, on our model and steps.

    Every round is one digit longer, whatever the model can do; both operands have that many
    digits; the answers are greedy and none is filtered. Half of the steps train on the newest
    round. The other half is shared by the labelled problems, with a weight of one for each
    labelled length, and each older round, with a weight of one.
    """

    learner: Transformer
    settings: Settings
    name: str = "paper"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The next round; None when this one is written."""
        if brief.tried:
            return None
        began = time.monotonic()
        version = brief.lineage[-1]
        size = self.learner.settings.labelled + len(brief.lineage)
        name = self.learner.slices(size)[0]
        asked = round(self.settings.steps * self.learner.rows(name) / 2 / SEEN)
        problems = self.learner.pose(name, max(1, asked), brief.seed)
        answers, _ = self.learner.answer(self.learner.load(version, workspace), problems)
        newest = self.learner.examples(problems, answers)
        workspace.progress("labelling", 1, 1)
        label_s = time.monotonic() - began
        files, cost = self.learner.train(
            version,
            self.mixture(brief, newest, workspace),
            self.settings.steps,
            self.settings.learning_rate,
            workspace,
            workspace.resume(),
            bytes,
        )
        data = workspace.write(self.learner.pack([newest]))
        figures = {"labels": len(problems), "yield": 1.0, "label_s": label_s}
        return Draft({**files, EXAMPLES: data}, {**figures, **cost})

    def mixture(
        self, brief: Brief, newest: Examples, workspace: Workspace
    ) -> Callable[[int], Examples]:
        """Which examples each training step sees."""
        older = [
            batch
            for version in brief.lineage
            if EXAMPLES in version.files
            for batch in self.learner.unpack(workspace.read(version.files[EXAMPLES]))
        ]
        labelled = self.learner.settings.labelled

        def batch(step: int) -> Examples:
            rng = np.random.default_rng([brief.seed, 1, step])
            if rng.random() < 0.5:
                return self.learner.take(newest, rng)
            turn = int(rng.integers(labelled + len(older)))
            if turn < labelled:
                return self.learner.labelled(rng)
            return self.learner.take(older[turn - labelled], rng)

        return batch
