"""What the author `training` asks of a subject. Subjects satisfy it without importing it.

Nowhere in it is a true answer, but for `labelled`: the problems that the first version learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from successor.types import Version, Workspace

Answers: TypeAlias = NDArray[np.int8]
"""[n, answer length]"""
Mask: TypeAlias = NDArray[np.bool_]
"""[n]"""
Model: TypeAlias = Any
"""The learner's own: an author hands it back and looks at nothing in it."""
Examples: TypeAlias = Any
"""The same, but for how many there are, by `len`."""


class Problems(Protocol):
    """A batch of problems of one shape."""

    @property
    def shape(self) -> str: ...
    @property
    def size(self) -> int: ...
    def __len__(self) -> int: ...
    def __getitem__(self, rows: Mask, /) -> Problems: ...


class Variant(Protocol):
    """A rewording; its answers, from token `start` on, equal the originals'."""

    @property
    def problems(self) -> Problems: ...
    @property
    def start(self) -> int: ...


class Learner(Protocol):
    """A subject that can pose, answer, split and learn problems."""

    @property
    def largest(self) -> int:
        """The size up to which there are problems, and exams."""
        ...

    def load(self, version: Version, workspace: Workspace) -> Model: ...
    def slices(self, size: int) -> tuple[str, ...]:
        """The names of all kinds of problems of a size."""
        ...

    def pose(self, slice_name: str, items: int, seed: int) -> Problems: ...
    def rows(self, slice_name: str) -> int:
        """Problems of this kind that one training step takes."""
        ...

    def answer(self, model: Model, problems: Problems) -> tuple[Answers, NDArray[np.float32]]:
        """Answers in one go, and how sure the model is of each, in [0, 1]."""
        ...

    def decompose(
        self, problems: Problems, reach: int, rng: np.random.Generator
    ) -> Generator[Problems, Answers, Answers]:
        """Yields easier problems, is sent their answers, returns the answers of the whole."""
        ...

    def variants(self, problems: Problems, rng: np.random.Generator) -> dict[str, Variant]: ...
    def plausible(self, problems: Problems, answers: Answers) -> Mask:
        """False where a check of the result, without solving the problem, proves it wrong."""
        ...

    def labelled(self, rng: np.random.Generator) -> Examples:
        """One training step's worth of what the first version was taught."""
        ...

    def examples(self, problems: Problems, answers: Answers) -> Examples: ...
    def take(self, examples: Examples, rng: np.random.Generator) -> Examples:
        """One training step's worth of the examples, chosen at random."""
        ...

    def pack(self, examples: Sequence[Examples]) -> bytes: ...
    def unpack(self, data: bytes) -> list[Examples]: ...
    def train(
        self,
        version: Version,
        batch: Callable[[int], Examples],
        steps: int,
        learning_rate: float,
        workspace: Workspace,
        saved: bytes | None,
        save_as: Callable[[bytes], bytes],
    ) -> tuple[dict[str, str], dict[str, float]]:
        """Train on from a version: the files of its successor, and what it cost."""
        ...
