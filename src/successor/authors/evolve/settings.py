"""What a lab file may say about the author `evolve`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "evolve"."""

    evaluations: int = Field(default=1500, ge=1)
    """Variants screened for one candidate."""
    islands: int = Field(default=4, ge=1, le=64)
    """Populations that evolve on their own."""
    migrate: int = Field(default=400, ge=1)
    """Variants made between two exchanges of the islands' best."""
    patience: int = Field(default=100, ge=1)
    """Correct variants without a better one after which an island begins again."""
    greed: float = Field(default=0.7, ge=0, le=1)
    """Share of the parents that are chosen for what they are worth; the others by lot."""
    changes: float = Field(default=0.35, ge=0, lt=1)
    """Chance of one more change to the same variant, after each."""
    growth: float = Field(default=3.0, ge=1)
    """How often as many syntax nodes as the incumbent's a region may have, and 40 more."""
    turn: float = Field(default=240.0, gt=0)
    """Seconds of one search after which the best so far is handed in, when 100 variants have been
    screened; for slow programs, give more."""
    least: float = Field(default=0.05, gt=0)
    """Smallest gain worth handing in: 0.01 is 1%."""
    parsimony: float = Field(default=1e-3, ge=0)
    """Gain that each syntax node more has to bring: 0.001 is 0.1%."""
    stall: int = Field(default=200, ge=1)
    """Variants without a better one after which the best is handed in, if it is worth that."""
    enough: float = Field(default=1e9, gt=1)
    """Gain on the first objective at which the search ends early."""
    attempts: int = Field(default=3, ge=1)
    """Candidates of one generation after which there is no more to try."""
