"""What a lab file may say about the author `reflect`."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "reflect"."""

    models: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)
    """Language models that may write, in turn."""
    rollouts: int = Field(default=200, ge=8)
    """Items answered for one candidate, at most, by all texts that are tried together."""
    front: int = Field(default=24, ge=2)
    """Items that every text which is kept has answered: on each, another one may be the best."""
    minibatch: int = Field(default=4, ge=1)
    """Items that a text is changed for, and has to do better on before it is kept."""
    merges: float = Field(default=0.2, ge=0, lt=1)
    """Share of the rounds that put two texts together which are best on different items."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """At which the models write; the provider's own when not given."""
    max_tokens: int = Field(default=2048, ge=64)
    """Tokens of one answer, at most; each request reserves them of the budget. A text may have a
    third as many words, as the model is told."""
    calls: int = Field(default=200, ge=1)
    """Requests sent by the author over the whole run, at most."""
    tokens: int = Field(default=1_000_000, ge=1)
    """Tokens read and written by the author over the whole run, at most."""
    usd: float | None = Field(default=None, ge=0)
    """Dollars spent by the author over the whole run, at most; prices have to be known then."""
    least: float = Field(default=0.02, ge=0, lt=1)
    """Smallest gain on the items of the front worth handing in, as a share right; it also has
    to be one and a half standard errors of it."""
    attempts: int = Field(default=3, ge=1)
    """Candidates of one generation after which there is no more to try."""
