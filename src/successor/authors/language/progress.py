"""How far a candidate has got: what a killed author finds again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

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
class State:
    """Lessons attempted so far and, once training has begun, the trainer's own state."""

    made: tuple[Made, ...] = ()
    training: bytes | None = None

    @staticmethod
    def load(saved: bytes | None) -> State:
        """From a checkpoint, or the beginning."""
        if saved is None:
            return State()
        header, _, training = saved.partition(b"\n")
        return State(tuple(Made(**entry) for entry in json.loads(header)), training or None)

    def dump(self) -> bytes:
        """For a checkpoint."""
        header = json.dumps([asdict(made) for made in self.made])
        return header.encode() + b"\n" + (self.training or b"")

    def add(self, made: Made) -> State:
        """With one more lesson."""
        return State((*self.made, made), self.training)

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
        self.workspace.checkpoint(State(self.state.made, state).dump())

    def resume(self) -> bytes | None:
        return self.state.training

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        self.workspace.progress(stage, done, total, **figures)
