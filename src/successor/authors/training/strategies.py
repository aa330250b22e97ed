"""How a model's own answers earn trust. No strategy ever sees a true answer.

amplify   iterated amplification and distillation (Christiano et al. 2018): an answer is put
          together from answers to easier problems, and two different ways must agree
agree     self-labelling with agreement filters, a small step at a time (Lee et al. 2025)
verify    self-labelling with an arithmetic check as verifier
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from successor.authors.training.learner import Answers, Learner, Mask, Model, Problems
from successor.authors.training.settings import FilterName, Settings

COUNCIL = 3
"""Versions that must agree under the filter "checkpoints", as far as there are so many."""


@dataclass(frozen=True)
class Labels:
    """Answers to problems, and which of them are trusted."""

    answers: Answers
    trusted: Mask


class Strategy(Protocol):
    """A way to earn trust."""

    @property
    def name(self) -> str: ...
    def ambition(self, reach: int) -> int:
        """The largest size worth practising for a model that masters sizes up to `reach`."""
        ...

    @property
    def checkpoints(self) -> int:
        """How many versions it asks: the incumbent, and so many before it."""
        ...

    def label(
        self, learner: Learner, models: Sequence[Model], problems: Problems, reach: int, seed: int
    ) -> Labels:
        """Answers to all problems; `models` has the incumbent's first."""
        ...


@dataclass(frozen=True)
class Amplify:
    """Solve by splitting into what the model masters; random splits must agree."""

    growth: float
    plans: int
    name: str = "amplify"
    checkpoints: int = 1

    def ambition(self, reach: int) -> int:
        """A factor beyond its reach, and at least one step."""
        return max(reach + 1, int(reach * self.growth))

    def label(
        self, learner: Learner, models: Sequence[Model], problems: Problems, reach: int, seed: int
    ) -> Labels:
        """The first plan's answers, trusted where all plans come to the same."""
        solved = [
            self.solve(learner, models[0], problems, reach, np.random.default_rng([seed, plan]))
            for plan in range(self.plans)
        ]
        trusted = np.ones(len(problems), dtype=np.bool_)
        for other in solved[1:]:
            trusted &= (other == solved[0]).all(axis=1)
        return Labels(solved[0], trusted)

    def solve(
        self,
        learner: Learner,
        model: Model,
        problems: Problems,
        reach: int,
        rng: np.random.Generator,
    ) -> Answers:
        """One decomposition, every part of it answered by the model."""
        plan = learner.decompose(problems, reach, rng)
        try:
            part = next(plan)
            while True:
                part = plan.send(learner.answer(model, part)[0])
        except StopIteration as done:
            return done.value


@dataclass(frozen=True)
class Agree:
    """Answer in one go; keep the answers that survive every filter."""

    step: int
    filters: tuple[FilterName, ...]
    confidence: float
    name: str = "agree"

    @property
    def checkpoints(self) -> int:
        """Several, when they are a filter."""
        return COUNCIL if "checkpoints" in self.filters else 1

    def ambition(self, reach: int) -> int:
        """One small step."""
        return reach + self.step

    def label(
        self, learner: Learner, models: Sequence[Model], problems: Problems, reach: int, seed: int
    ) -> Labels:
        """Rewordings and elders must give answers that fit, and every token must be sure."""
        answers, surety = learner.answer(models[0], problems)
        trusted = np.ones(len(problems), dtype=np.bool_)
        if "confidence" in self.filters:
            trusted &= surety >= self.confidence
        variants = learner.variants(problems, np.random.default_rng(seed))
        for name, variant in variants.items():
            if name in self.filters:
                again = learner.answer(models[0], variant.problems)[0][:, variant.start :]
                trusted &= (again == answers).all(axis=1)
        for elder in models[1:]:
            trusted &= (learner.answer(elder, problems)[0] == answers).all(axis=1)
        return Labels(answers, trusted)


@dataclass(frozen=True)
class Verify:
    """Answer in one go; keep the answers that pass an arithmetic check."""

    step: int
    name: str = "verify"
    checkpoints: int = 1

    def ambition(self, reach: int) -> int:
        """One small step."""
        return reach + self.step

    def label(
        self, learner: Learner, models: Sequence[Model], problems: Problems, reach: int, seed: int
    ) -> Labels:
        """Casting out nines and elevens, or what the task has in their place."""
        answers, _ = learner.answer(models[0], problems)
        return Labels(answers, learner.plausible(problems, answers))


def strategy(settings: Settings) -> Strategy:
    """The strategy that the settings name."""
    match settings.strategy:
        case "amplify":
            return Amplify(settings.growth, settings.plans)
        case "agree":
            return Agree(settings.step, settings.filters, settings.confidence)
        case "verify":
            return Verify(settings.step)
