"""What a lab file may say about the author `llm`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

Form = Literal["diff", "whole", "anew"]
"""What is asked for: a few replacements, the whole file, or the whole file by another algorithm."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "llm"."""

    models: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)
    """Language models that may write; a bandit learns which of them pays."""
    temperatures: tuple[Annotated[float, Field(ge=0, le=2)], ...] = ()
    """Temperatures to choose from, likewise; the provider's own when none is given."""
    forms: tuple[Form, ...] = ()
    """What to ask for, likewise: replacements, the whole file, or another algorithm. Unless given
    it is all that is of use: replacements of long programs only, other algorithms for speed, memory
    and cost.
    """
    calls: int = Field(default=200, ge=1)
    """Requests sent over the whole run, at most."""
    tokens: int = Field(default=1_000_000, ge=1)
    """Tokens read and written over the whole run, at most."""
    usd: float | None = Field(default=None, ge=0)
    """Dollars spent over the whole run, at most; the price of every model has to be known then."""
    rounds: int = Field(default=4, ge=1)
    """How often a model is asked for one candidate."""
    alternatives: int = Field(default=4, ge=1, le=64)
    """Answers asked for at once, each time."""
    max_tokens: int | None = Field(default=None, ge=64)
    """Tokens of one answer, at most; each request reserves them of the budget. Unless given it is
    8192, and for local models half a token for each character of the program, and 256.
    """
    longest: int = Field(default=40_000, ge=1000)
    """Characters of a program, at most: what does not fit is not asked about."""
    alike: float = Field(default=0.9, gt=0, le=1)
    """Share of a change that it has in common with one that failed, from which on it is not
    screened: 1 lets through all but the same program.
    """
    evaluations: int = Field(default=40, ge=1)
    """Answers screened for one candidate."""
    mends: int = Field(default=160, ge=0)
    """Small repairs of wrong answers screened for one candidate, as `mutate` makes them, after
    rounds that brought nothing better: they cost no question."""
    least: float = Field(default=0.05, gt=0)
    """Smallest gain worth handing in: 0.01 is 1%."""
    parsimony: float = Field(default=1e-3, ge=0)
    """Gain that each syntax node more has to bring: 0.001 is 0.1%."""
    attempts: int = Field(default=5, ge=1)
    """Candidates of one generation after which there is no more to try."""
