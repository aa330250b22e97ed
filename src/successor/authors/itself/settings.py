"""What a lab file may say about the author `itself`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "itself"."""

    evaluations: int = Field(default=150, ge=4)
    """Variants of its code that an improver may try for one candidate."""
    open: int = Field(default=32, ge=1)
    """Forms that one search may change, drawn by lot where there are more."""
    reach: float = Field(default=1.5, gt=0, le=4)
    """How far its numbers are turned at most: 1.5 is up to 4 times up or down."""
    digits: int = Field(default=2, ge=1, le=17)
    """Significant digits of the numbers that are written."""
    turn: float = Field(default=300.0, gt=0)
    """Seconds of one search after which the best so far is handed in, when 50 variants have been
    tried.
    """
    least: float = Field(default=0.03, gt=0)
    """Smallest gain worth handing in: 0.01 is 1%."""
    parsimony: float = Field(default=1e-3, ge=0)
    """What each syntax node more has to gain: 0.001 is 0.1%."""
    looks: int = Field(default=5, ge=1)
    """At each of the best five, on tasks of their own, before one is handed in: the best of many
    noisy figures is mostly luck, and a judge takes minutes to find that out.
    """
    attempts: int = Field(default=2, ge=1)
    """Candidates of one generation after which there is no more to try."""
