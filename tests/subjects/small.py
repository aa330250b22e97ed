"""A real adder, small enough to be trained within a test, and a workspace in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from successor.errors import Halt
from successor.subjects.transformer import Transformer, adder
from successor.subjects.transformer.subject import WEIGHTS
from successor.types import Digest, Stop, Version

SETTINGS: dict[str, object] = {
    "labelled": 2,
    "width": 32,
    "heads": 4,
    "steps": 900,
    "decay": 150,
    "learning_rate": 3e-3,
    "batch_tokens": 1024,
    "exam_items": 64,
    "largest": 16,
    "threads": 1,
}


class Desk:
    """A workspace that keeps everything in memory, and can be halted at any report."""

    def __init__(self, halt_at: Callable[[str, float], bool] = lambda _, __: False) -> None:
        self.objects: dict[Digest, bytes] = {}
        self.saved: bytes | None = None
        self.told: list[tuple[str, float]] = []
        self._halt_at = halt_at

    def read(self, digest: Digest) -> bytes:
        return self.objects[digest]

    def write(self, data: bytes) -> Digest:
        digest = sha256(data).hexdigest()
        self.objects[digest] = data
        return digest

    def checkpoint(self, state: bytes) -> None:
        self.saved = state

    def resume(self) -> bytes | None:
        return self.saved

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        self.told.append((stage, done))
        if self._halt_at(stage, done):
            raise Halt(Stop("test", f"halted at {stage} {done:g}"))


def small(**settings: object) -> Transformer:
    """The subject, as the tests want it."""
    return adder({**SETTINGS, **settings}, Path(), "")


@lru_cache(maxsize=1)
def taught() -> tuple[Transformer, Version, bytes]:
    """A version that adds two digits well, trained once for all tests, and its weights."""
    subject, desk = small(), Desk()
    draft = subject.create(1, desk)
    version = Version("taught", draft.files, (), "subject")
    return subject, version, desk.read(draft.files[WEIGHTS])


def desk_of(*weights: bytes) -> Desk:
    """A workspace that holds these objects."""
    desk = Desk()
    for data in weights:
        desk.write(data)
    return desk
