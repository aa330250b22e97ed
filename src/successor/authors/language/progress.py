"""How far a candidate has got: what a killed author finds again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from successor.authors.lessons import Lessons
from successor.types import Digest, Workspace


@dataclass(frozen=True)
class Made:
    """The attempts of one lesson."""

    digest: Digest
    """Of the object that holds all of them, wrong ones too."""
    asked: int
    right: int
    tokens: int
    seconds: float


@dataclass(frozen=True)
class State(Lessons[Made]):
    """Lessons attempted so far, and the trainer's own state."""

    kind: ClassVar = Made

    @property
    def drawn(self) -> int:
        """Tokens of all answers."""
        return sum(made.tokens for made in self.made)

    def figures(self) -> dict[str, float | int | str]:
        """Yield and cost of attempting, for people."""
        asked = sum(made.asked for made in self.made)
        right = sum(made.right for made in self.made)
        seconds = sum(made.seconds for made in self.made)
        return {
            "asked": asked,
            "yield": right / max(1, asked),
            "drawn_tokens": self.drawn,
            "label_s": seconds,
        }


@dataclass(frozen=True)
class TrainersDesk:
    """The author's workspace as the trainer sees it: its checkpoints hold the lessons too."""

    workspace: Workspace
    state: State

    def read(self, digest: Digest) -> bytes:
        return self.workspace.read(digest)

    def write(self, data: bytes) -> Digest:
        return self.workspace.write(data)

    def checkpoint(self, state: bytes) -> None:
        self.workspace.checkpoint(self.state.with_training(state))

    def resume(self) -> bytes | None:
        return self.state.training

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        self.workspace.progress(stage, done, total, **figures)
