"""What a lab file may say about the author `inbox`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "inbox"."""

    wait_s: float = Field(default=0.0, ge=0, le=86400)
    """Seconds that it waits for something to be handed in before it has nothing to try."""
    evaluations: int = Field(default=40, ge=1)
    """Programs that are screened for one candidate."""
    attempts: int = Field(default=5, ge=1)
    """Candidates of one generation after which there is no more to try."""
    least: float = Field(default=0.05, gt=0)
    """Smallest gain worth judging: 0.01 is 1%."""
    parsimony: float = Field(default=1e-3, ge=0)
    """Gain that each syntax node more has to bring: 0.001 is 0.1%."""
