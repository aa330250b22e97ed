"""How far a candidate has got: what a killed author finds again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from successor.authors.lessons import Lessons
from successor.types import Digest


@dataclass(frozen=True)
class Made:
    """The examples of one lesson."""

    digest: Digest
    asked: int
    kept: int
    seconds: float


@dataclass(frozen=True)
class State(Lessons[Made]):
    """Lessons labelled so far, and the trainer's own state."""

    kind: ClassVar = Made

    def figures(self) -> dict[str, float | int | str]:
        """Yield and cost of labelling, for people."""
        asked = sum(made.asked for made in self.made)
        kept = sum(made.kept for made in self.made)
        seconds = sum(made.seconds for made in self.made)
        return {"labels": kept, "yield": kept / max(1, asked), "label_s": seconds}
