"""What a lab file may say about a file that a command evaluates."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[subject]` table of the kind "program" when it names an evaluator."""

    target: str = Field(min_length=1)
    """The file that may change, of any language, relative to the lab's folder."""
    evaluator: tuple[str, ...] = Field(min_length=1)
    """Command that prints one JSON object as its last line. It runs in the lab's folder with
    the version's target in it, in the bubblewrap tier, with a seed in SUCCESSOR_SEED."""
    metric: str = Field(min_length=1)
    """Which number of that object counts, at least 0; the goal says "lower" or "higher" of it."""
    exam_runs: int = Field(default=1, ge=1, le=64)
    """Runs in an exam, each of this version and of the first one."""
    wall_s: float = Field(default=60.0, gt=0, le=86400)
    """Seconds that one run may take."""
    memory_mb: int = Field(default=2048, ge=64)
    """Megabytes that each process of a run may use."""
    files_mb: int = Field(default=256, ge=0, le=4096)
    """Megabytes that a run may write; they are held in memory."""
