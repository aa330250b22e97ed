"""What a lab file may say about the author `rewrite`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "rewrite"."""

    evaluations: int = Field(default=120, ge=1)
    """Variants screened for one candidate."""
    depth: int = Field(default=3, ge=1, le=8)
    """Rewrites that one candidate may be made of."""
    stepping_stones: int = Field(default=6, ge=0)
    """Variants that are rewritten once more: the best that are correct."""
    without: tuple[str, ...] = ()
    """Rewrites that are not to be used, by name."""
    least: float = Field(default=0.05, gt=0)
    """Smallest gain worth handing in: 0.01 is 1%."""
    parsimony: float = Field(default=1e-3, ge=0)
    """Gain that each syntax node more has to bring: 0.001 is 0.1%."""
    turn: float = Field(default=60.0, gt=0)
    """Seconds of one search after which the best so far is handed in, when 24 variants have been
    screened; for slow programs, give more."""
    enough: float = Field(default=3.0, gt=1)
    """Gain on the first objective at which the best single rewrite is handed in as it is: what
    more there is to rewrite, the next generation finds in less time."""
    attempts: int = Field(default=5, ge=1)
    """Candidates of one generation after which there is no more to try."""
