"""How far an author that teaches has got: what it finds again after a kill."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Self, TypeVar

M = TypeVar("M")


@dataclass(frozen=True)
class Lessons(Generic[M]):
    """Lessons that are there so far and, once training has begun, the trainer's own state."""

    kind: ClassVar[type[Any]]
    """Of `made`, what is told of each lesson."""
    made: tuple[M, ...] = ()
    training: bytes | None = None

    @classmethod
    def load(cls, saved: bytes | None) -> Self:
        """From a checkpoint, or the beginning."""
        if saved is None:
            return cls()
        header, _, training = saved.partition(b"\n")
        return cls(tuple(cls.kind(**entry) for entry in json.loads(header)), training or None)

    def dump(self) -> bytes:
        """For a checkpoint."""
        header = json.dumps([vars(made) for made in self.made])
        return header.encode() + b"\n" + (self.training or b"")

    def add(self, made: M) -> Self:
        """With one more lesson."""
        return replace(self, made=(*self.made, made))

    def with_training(self, training: bytes) -> bytes:
        """The checkpoint that also holds the trainer's state."""
        return replace(self, training=training).dump()
