"""What a lab file may say about a small transformer."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[subject]` table of the labs "model/adder", "model/multiplier", "model/reverser"."""

    labelled: int = Field(default=8, ge=1, le=64)
    """Largest size that ever has labels."""
    layers: int = Field(default=1, ge=1, le=24)
    width: int = Field(default=128, ge=8, le=4096)
    heads: int = Field(default=4, ge=1, le=64)
    positions: Literal["coupled", "none"] = "coupled"
    """Rotary positions over ids that tokens of equal weight share, or no positions at all."""
    steps: int = Field(default=2500, ge=1)
    """Training steps of the first version, at most."""
    decay: int = Field(default=300, ge=1)
    """Its last steps, over which the learning rate falls, once the loss is low."""
    learning_rate: float = Field(default=1.5e-3, gt=0, lt=1)
    batch_tokens: int = Field(default=3328, ge=64)
    """Tokens read per training step."""
    mining: int = Field(default=4, ge=1, le=64)
    """Labelled problems drawn for each one trained on, while the learning rate falls: the
    hardest are taken."""
    exam_items: int = Field(default=96, ge=8)
    """Items per size in an exam."""
    largest: int = Field(default=5000, ge=2, le=20000)
    """Largest size that an exam goes up to."""
    threads: int | None = Field(default=None, ge=1, le=1024)
    """Processor threads; all that the process may use when not given."""

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Rotary positions turn the channels of each head in pairs; the decay ends the steps."""
        if self.width % (2 * self.heads):
            even = 2 * self.heads
            raise ValueError(f"width = {self.width}: should be a multiple of {even}, 2 x heads")
        if self.decay > self.steps:
            raise ValueError(
                f"decay = {self.decay}: should be at most {self.steps}, which is `steps`"
            )
        return self
