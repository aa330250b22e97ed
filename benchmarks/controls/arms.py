"""The arms: what each of them is, in one line and in parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from controls.parts import NoGate, Nothing, PublishedSchedule, Truth
from successor.authors.training import Learner, Settings, TrainingAuthor
from successor.authors.training.strategies import Agree, Amplify, Strategy, Verify
from successor.judge import PairedJudge
from successor.subjects.transformer import Transformer
from successor.types import Author, Judge, Subject

Positions = Literal["coupled", "none"]
Way = Literal["labelled", "amplify", "agree", "verify", "truth", "paper"]


@dataclass(frozen=True)
class Arm:
    """One way to spend the minutes after the labels have run out."""

    name: str
    what: str
    way: Way
    settings: Settings
    gate: bool = True
    positions: Positions = "coupled"

    def author(self, learner: Transformer) -> Author:
        """Who writes the rounds."""
        if self.way == "paper":
            return PublishedSchedule(learner, self.settings)
        return TrainingAuthor(cast("Learner", learner), self.settings, self.strategy(learner))

    def strategy(self, learner: Transformer) -> Strategy:
        """How answers earn trust."""
        told = self.settings
        match self.way:
            case "amplify":
                return Amplify(told.growth, told.plans)
            case "agree":
                return Agree(told.step, told.filters, told.confidence)
            case "verify":
                return Verify(told.step)
            case "truth":
                return Truth(learner.task, told.growth)
            case _:
                return Nothing()

    def judge(self, subject: Subject) -> Judge:
        """The real judge, or none."""
        return PairedJudge(subject) if self.gate else NoGate()


def arms(settings: Settings) -> dict[str, Arm]:
    """All arms by name, in the order of the table.

    Args:
        settings: of the author; arms differ from them in nothing but what their line says.
    """
    bare = replace(settings, filters=())
    table = (
        Arm("labelled", "no loop: trains on, on labelled sums; no gate",
            "labelled", settings, gate=False),
        Arm("self", "own answers, no filter, +1 digit; no gate", "agree", bare, gate=False),
        Arm("self-gated", "own answers, no filter, +1 digit", "agree", bare),
        Arm("amplify", "splits into shorter sums, two plans agree", "amplify", settings),
        Arm("amplify-1plan", "splits into shorter sums, one plan",
            "amplify", replace(settings, plans=1)),
        Arm("amplify-ungated", "as amplify; no gate", "amplify", settings, gate=False),
        Arm("agree", "own answers, three filters, +1 digit", "agree", settings),
        Arm("agree-commute", "own answers, filter a+b = b+a, +1 digit",
            "agree", replace(settings, filters=("commute",))),
        Arm("agree-shift", "own answers, filter 10a+10b = 10(a+b), +1 digit",
            "agree", replace(settings, filters=("shift",))),
        Arm("agree-confidence", "own answers, filter confidence, +1 digit",
            "agree", replace(settings, filters=("confidence",))),
        Arm("agree-checkpoints", "own answers, filter 3 versions agree, +1 digit",
            "agree", replace(settings, filters=("checkpoints",))),
        Arm("agree-ungated", "as agree; no gate", "agree", settings, gate=False),
        Arm("verify", "own answers, nines and elevens cast out, +1 digit", "verify", settings),
        Arm("truth", "true labels, sizes as amplify (upper bound)", "truth", settings),
        Arm("truth-1step", "true labels, +1 digit (upper bound)",
            "truth", replace(settings, growth=1.0)),
        Arm("paper", "Lee et al.'s schedule; no gate", "paper", settings, gate=False),
        Arm("paper-none", "the same without positions; no gate",
            "paper", settings, gate=False, positions="none"),
        Arm("amplify-none", "amplify without positions", "amplify", settings, positions="none"),
        Arm("agree-none", "agree without positions", "agree", settings, positions="none"),
    )  # fmt: skip
    return {arm.name: arm for arm in table}
