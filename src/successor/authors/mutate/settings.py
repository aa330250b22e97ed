"""What a lab file may say about the author `mutate`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "mutate"."""

    evaluations: int = Field(default=2000, ge=1)
    """Repairs screened for one candidate."""
    turn: float = Field(default=120.0, gt=0)
    """Seconds of one search after which the best so far is handed in."""
    enough: int = Field(default=8, ge=1)
    """Repairs that pass more tests, after which they are compared, and again after twice as many:
    where they differ, or are eight times as many, no more are looked for."""
    attempts: int = Field(default=4, ge=1)
    """Candidates of one generation after which there is no more to try."""
