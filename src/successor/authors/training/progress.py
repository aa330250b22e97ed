"""How far a candidate has got: what a killed author finds again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from successor.types import Digest


@dataclass(frozen=True)
class Made:
    """The examples of one lesson."""

    digest: Digest
    asked: int
    kept: int
    seconds: float


@dataclass(frozen=True)
class State:
    """Lessons labelled so far and, once training has begun, the trainer's own state."""

    made: tuple[Made, ...] = ()
    training: bytes | None = None

    @staticmethod
    def load(saved: bytes | None) -> State:
        """From a checkpoint, or the beginning."""
        if saved is None:
            return State()
        header, _, training = saved.partition(b"\n")
        made = tuple(Made(**entry) for entry in json.loads(header))
        return State(made, training or None)

    def dump(self) -> bytes:
        """For a checkpoint."""
        header = json.dumps([asdict(made) for made in self.made])
        return header.encode() + b"\n" + (self.training or b"")

    def add(self, made: Made) -> State:
        """With one more lesson."""
        return State((*self.made, made), self.training)

    def with_training(self, training: bytes) -> bytes:
        """The checkpoint that also holds the trainer's state."""
        return State(self.made, training).dump()

    def figures(self) -> dict[str, float | int | str]:
        """Yield and cost of labelling, for people."""
        asked = sum(made.asked for made in self.made)
        kept = sum(made.kept for made in self.made)
        seconds = sum(made.seconds for made in self.made)
        return {"labels": kept, "yield": kept / max(1, asked), "label_s": seconds}
