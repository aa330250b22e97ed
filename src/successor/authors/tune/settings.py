"""What a lab file may say about the author `tune`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "tune"."""

    evaluations: int = Field(default=150, ge=4)
    """Variants screened for one candidate."""
    digits: int = Field(default=4, ge=1, le=17)
    """Significant digits of the floats that are written."""
    step: float = Field(default=0.5, gt=0, le=3)
    """How far numbers are turned at first: 0.5 is about 60% up or 40% down."""
    turn: float = Field(default=120.0, gt=0)
    """Seconds of one search after which the best so far is handed in, when 100 variants have been
    screened; for slow programs, give more."""
    least: float = Field(default=0.05, gt=0)
    """Smallest gain worth handing in: 0.01 is 1%."""
    attempts: int = Field(default=3, ge=1)
    """Candidates of one generation after which there is no more to try."""
