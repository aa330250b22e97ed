"""What a lab file may say about a program."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from successor.sandbox import Tier

Objective = Literal["speed", "accuracy", "errors", "memory", "size", "cost", "repair"]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[subject]` table of the kind "program"."""

    target: str = Field(min_length=1)
    """`file.py:function`, `file.py:Class.method`, or `file.py` with evolve regions."""
    entry: str | None = None
    """Function that is asked when the target is a whole file."""
    tests: tuple[str, ...] | None = None
    """Test files; those found beside the target when not given."""
    inputs: str | None = None
    """`file.py:draw`, a function (random, size) -> tuple of arguments; runs in the sandbox."""
    reference: str | None = None
    """`file.py:function` that takes the same arguments and answers with higher precision."""
    cost: str | None = None
    """`score.py:cost`, a function (arguments, answer) -> float of at least 0, lower is better, that
    raises ValueError when the answer is none. It runs in this process; no program sees it."""
    objectives: tuple[Objective, ...] = ()
    """What to improve, most important first; read from the goal when not given."""
    sizes: tuple[int, ...] = ()
    """Sizes to ask; as far as the original gets in a fiftieth of a second when not given."""
    tolerance: float = Field(default=1e-9, ge=0, lt=0.1)
    """Largest relative difference between floats that still agree."""
    exam_items: int = Field(default=16, ge=4, le=1024)
    """Items per slice in an exam."""
    exam_s: float = Field(default=20.0, gt=0)
    """Seconds after which an exam asks no larger size."""
    wall_s: float = Field(default=10.0, gt=0, le=3600)
    """Seconds that one batch of calls may take, and a single one whose answer has a cost."""
    memory_mb: int = Field(default=512, ge=64)
    """Megabytes that the program may use."""
    tier: Tier | None = None
    """Tier of the sandbox; the best one there is when not given."""
    preload: tuple[str, ...] = ()
    """Modules imported before a program starts, beside those that the target imports."""
