"""What a lab file may say about the author `training`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

StrategyName = Literal["amplify", "agree", "verify"]
FilterName = Literal["commute", "shift", "confidence", "checkpoints"]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "training"."""

    strategy: StrategyName = "amplify"
    """How the model's own answers earn trust."""
    growth: float = Field(default=2.0, ge=1.0, le=8.0)
    """`amplify`: how far beyond its reach a model practises, as a factor."""
    step: int = Field(default=1, ge=1, le=1024)
    """`agree`, `verify`: how far beyond its reach a model practises, in units of size."""
    filters: tuple[FilterName, ...] = ("commute", "shift", "confidence")
    """`agree`: what an answer must survive; none accepts every answer. Rewordings ("commute",
    "shift"), the model's own surety, and the versions before it ("checkpoints")."""
    confidence: float = Field(default=0.9, gt=0, lt=1)
    """`agree`: least probability of any token of an answer, for the filter "confidence"."""
    plans: int = Field(default=2, ge=1, le=8)
    """`amplify`: different decompositions that must come to the same answer."""
    steps: int = Field(default=240, ge=3)
    """Training steps per generation, at most; a third of them while the learning rate falls."""
    learning_rate: float = Field(default=1e-3, gt=0, lt=1)
    lessons: int = Field(default=24, ge=1)
    """Shapes practised per generation."""
    epochs: float = Field(default=4.0, gt=0)
    """How often a fresh example is seen, about: sets how many are made."""
    original: float = Field(default=0.15, ge=0, lt=1)
    """Share of the training steps that replay labelled problems."""
    replay: float = Field(default=0.25, ge=0, lt=1)
    """Share of the training steps that replay what earlier generations made."""

    @model_validator(mode="after")
    def _leaves_steps_for_what_is_new(self) -> Self:
        if self.original + self.replay >= 1:
            raise ValueError("original and replay: should be less than 1 together")
        return self
