"""`improve_self` of a model: weaknesses, better examples, training.

weaknesses = model.evaluate_self()                      (the brief)
examples = model.generate_better_examples(weaknesses)   (generate_better_examples)
successor = train(examples)                             (train)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from successor.authors.training.learner import Examples, Learner
from successor.authors.training.lessons import Lesson, plan_lessons, reach_of
from successor.authors.training.progress import Made, State
from successor.authors.training.settings import Settings
from successor.authors.training.strategies import Strategy
from successor.types import Brief, Draft, Workspace

EXAMPLES = "examples.safetensors"


class TrainingAuthor:
    """Writes the next version by training it on what the present one generates."""

    def __init__(self, learner: Learner, settings: Settings, strategy: Strategy) -> None:
        self.learner = learner
        self.settings = settings
        self.strategy = strategy

    @property
    def name(self) -> str:
        """As it stands in the lineage."""
        return f"training/{self.strategy.name}"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """One candidate per generation; resumes labelling or training where a kill left it."""
        if brief.tried:
            return None
        state = State.load(workspace.resume())
        state = self.generate_better_examples(brief, state, workspace)
        fresh = [e for made in state.made for e in self.learner.unpack(workspace.read(made.digest))]
        files, cost = self.learner.train(
            brief.lineage[-1],
            self.mixture(brief, fresh, workspace),
            self.settings.steps * (1 + brief.refused),
            self.settings.learning_rate,
            workspace,
            state.training,
            state.with_training,
        )
        data = workspace.write(self.learner.pack(fresh))
        return Draft({**files, EXAMPLES: data}, {**state.figures(), **cost})

    def generate_better_examples(self, brief: Brief, state: State, workspace: Workspace) -> State:
        """Problems beyond the model's reach, with those of its own answers that earned trust."""
        reach = reach_of(brief)
        goal = max(reach, min(self.strategy.ambition(reach), self.learner.largest))
        lessons = plan_lessons(brief, goal, self.settings.lessons, self.learner)
        for lesson in lessons[len(state.made) :]:
            state = state.add(self.teach(lesson, brief, reach, workspace))
            workspace.checkpoint(state.dump())
            done = sum(made.asked for made in state.made)
            kept = sum(made.kept for made in state.made)
            workspace.progress(
                "labelling", len(state.made), len(lessons), **{"yield": kept / max(1, done)}
            )
        return state

    def teach(self, lesson: Lesson, brief: Brief, reach: int, workspace: Workspace) -> Made:
        """The examples of one lesson, as an object."""
        began = time.monotonic()
        asked_of = brief.lineage[: -1 - self.strategy.checkpoints : -1]
        models = [self.learner.load(version, workspace) for version in asked_of]
        rows = self.learner.rows(lesson.slice)
        share = self.settings.steps / self.settings.lessons / self.settings.epochs
        asked = max(rows, round(rows * share))
        problems = self.learner.pose(lesson.slice, asked, lesson.seed)
        labels = self.strategy.label(self.learner, models, problems, reach, lesson.seed)
        kept = self.learner.examples(problems[labels.trusted], labels.answers[labels.trusted])
        digest = workspace.write(self.learner.pack([kept] if len(kept) else []))
        return Made(digest, asked, len(kept), time.monotonic() - began)

    def mixture(
        self, brief: Brief, fresh: list[Examples], workspace: Workspace
    ) -> Callable[[int], Examples]:
        """Which examples each training step sees: fresh, replayed, or labelled ones."""
        older: list[Any] = []
        for version in brief.lineage:
            if EXAMPLES in version.files:
                older += self.learner.unpack(workspace.read(version.files[EXAMPLES]))

        def batch(step: int) -> Examples:
            rng = np.random.default_rng([brief.seed, 1, step])
            chance = rng.random()
            if chance < self.settings.original or not fresh:
                return self.learner.labelled(rng)
            replay = older and chance < self.settings.original + self.settings.replay
            source = older if replay else fresh
            return self.learner.take(source[int(rng.integers(len(source)))], rng)

        return batch
