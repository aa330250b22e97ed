"""What a lab file may say about an improver."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from successor.sandbox import Tier


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[subject]` table of the kind "improver"."""

    target: str = Field(min_length=1)
    """The file that improves, with a generator `improve(task)` in it."""
    evaluations: int = Field(default=100, ge=4, le=10_000)
    """Candidates of one task that are priced."""
    exam_items: int = Field(default=16, ge=4, le=4096)
    """Tasks of each space in an exam."""
    screen_items: int = Field(default=8, ge=1, le=512)
    """Tasks of each space in an author's quick look."""
    cpu_s: float = Field(default=2.0, gt=0, le=3600)
    """Seconds of CPU time that an improver may take for one task."""
    wall_s: float = Field(default=5.0, gt=0, le=3600)
    """Seconds that one step of all tasks under way may take."""
    memory_mb: int = Field(default=256, ge=64)
    """Megabytes that it may use."""
    model: str = ""
    """The language model that improvers may ask; none when empty."""
    questions: int = Field(default=4, ge=1, le=1000)
    """Questions to it that an improver may ask while it is at one task."""
    max_tokens: int = Field(default=512, ge=1)
    """Tokens of one answer, at most."""
    temperature: float | None = Field(default=0.0, ge=0, le=2)
    """At which it answers."""
    calls: int | None = Field(default=None, ge=1)
    """Requests sent in one session, at most: then the run ends, and goes on where it was."""
    tokens: int | None = Field(default=None, ge=1)
    """Tokens read and written in one session, at most, likewise."""
    usd: float | None = Field(default=None, ge=0)
    """Dollars spent in one session, at most, likewise."""
    tier: Tier | None = None
    """Tier of the sandbox; the best one there is when not given."""
