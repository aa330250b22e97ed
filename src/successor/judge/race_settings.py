"""What a lab file may say about the judge `race`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from successor.judge.budget import LEAST_ALPHA


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class RaceSettings:
    """The `[judge]` table of a lab whose judge is "race"."""

    alpha: float = Field(default=0.05, ge=LEAST_ALPHA, lt=1)
    """Error budget of the whole run."""
    effect: float = Field(default=0.05, gt=0, le=100)
    """Smallest gain worth having: 0.05 asks for 1.05 times the speed, for a cost 1.05 times lower,
    or for 1.05 times less missing from a perfect score."""
    per_node: float = Field(default=0.001, ge=0, le=1)
    """What is added to `effect` for every node of the syntax tree that the code grows by. A line
    has about ten, so that ten lines more have to bring a tenth more."""
    tolerance: float = Field(default=0.05, gt=0, le=1)
    """Share by which speed, cost, size or memory may be worse while another objective gains or the
    code gets simpler; speed on the largest size too."""
    lag: float = Field(default=0.5, gt=0, le=100)
    """Share by which any smaller size may be slower while the speed over all sizes is held, or the
    whole of a process from its start on, on the largest size."""
    margin: float = Field(default=0.01, gt=0, lt=1)
    """Share of items, or of a score, that an unseen loss may amount to."""
    items: int = Field(default=4096, ge=1)
    """Items after which a question of scores is left open."""
    heats: int = Field(default=512, ge=8)
    """Heats after which a question of speed or cost is left open."""

    def factor(self, added: float) -> float:
        """How many times lower the cost has to be, for so many nodes of code added."""
        return 1.0 + self.effect + self.per_node * max(0.0, added)
