"""What a lab file may say about a prompt, or the scaffold of an agent."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from successor.sandbox import Tier

Name = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[subject]` table of the kind "prompt"."""

    target: str = Field(min_length=1)
    """The file that improves: the text of a prompt, or a scaffold, when it ends in `.py`."""
    model: str = Field(min_length=1)
    """The language model that is asked."""
    families: tuple[Name, ...] = Field(min_length=1)
    """Kinds of items, easiest first; each is a slice of an exam."""
    items: str = "items.py"
    """The file that draws items and scores answers; it runs in the sandbox."""
    data: tuple[Name, ...] = ()
    """Files that it reads, which are put beside it."""
    preload: tuple[Name, ...] = ()
    """Packages of the environment that it imports."""
    exam_items: int = Field(default=32, ge=4, le=4096)
    """Items of each family in an exam."""
    max_tokens: int = Field(default=512, ge=1)
    """Tokens of one answer, at most."""
    temperature: float | None = Field(default=0.0, ge=0, le=2)
    """At which the model answers."""
    steps: int = Field(default=8, ge=1, le=64)
    """How often a scaffold may ask the model about one item."""
    longest: int = Field(default=20_000, ge=100)
    """Characters of a version, at most."""
    calls: int | None = Field(default=None, ge=1)
    """Requests sent in one session, at most: then the run ends, and goes on where it was."""
    tokens: int | None = Field(default=None, ge=1)
    """Tokens read and written in one session, at most, likewise."""
    usd: float | None = Field(default=None, ge=0)
    """Dollars spent in one session, at most, likewise."""
    wall_s: float = Field(default=20.0, gt=0, le=3600)
    """Seconds that one batch of draws, scores or steps of a scaffold may take."""
    memory_mb: int = Field(default=512, ge=64)
    """Megabytes that it may use."""
    tier: Tier | None = None
    """Tier of the sandbox; the best one there is when not given."""
