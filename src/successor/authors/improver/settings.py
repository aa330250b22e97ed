"""What a lab file may say about the author `improver`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "improver"."""

    lab: str = Field(default="improver", min_length=1)
    """Folder in this lab's with the lab of the improver that searches; it has a judge, a record and
    people of its own."""
    generations: int = Field(default=1, ge=0, le=1000)
    """For how many that lab goes on between two generations of this one; 0: never."""
    evaluations: int = Field(default=100, ge=4)
    """Variants screened for one candidate."""
    reach: float = Field(default=1.5, gt=0, le=4)
    """How far numbers are turned at most: 1.5 is up to 4 times up or down."""
    digits: int = Field(default=4, ge=1, le=17)
    """Significant digits of the floats that are written."""
    turn: float = Field(default=120.0, gt=0)
    """Seconds of one search after which the best so far is handed in, when 50 variants have been
    screened.
    """
    least: float = Field(default=0.01, gt=0)
    """Smallest gain worth handing in: 0.01 is 1%."""
    attempts: int = Field(default=1, ge=1)
    """Candidates of one generation after which there is no more to try."""
