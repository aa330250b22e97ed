"""Problems as arrays of tokens, and how a problem of one shape is laid out for the network."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Tokens: TypeAlias = NDArray[np.int8]
Mask: TypeAlias = NDArray[np.bool_]

VOCABULARY = "0123456789+*=,.;"
"""What a token stands for; digits stand for themselves."""
PLUS, TIMES, EQUALS, COMMA = (VOCABULARY.index(symbol) for symbol in "+*=,")


@dataclass(frozen=True)
class Problems:
    """Problems of one shape, without answers."""

    shape: str
    """Names the layout, such as "add 16"; problems of one shape have prompts of one length."""
    size: int
    prompts: Tokens
    """[n, prompt length]"""

    def __len__(self) -> int:
        return len(self.prompts)

    def __getitem__(self, rows: Mask | slice | NDArray[np.int64]) -> Problems:
        return Problems(self.shape, self.size, self.prompts[rows])


@dataclass(frozen=True)
class Examples:
    """Problems with the answers that their author believes in."""

    problems: Problems
    answers: Tokens
    """[n, answer length]"""
    keep: int | None = None
    """Train on only this many, those that the model finds hardest; on all when None."""

    def __len__(self) -> int:
        return len(self.problems)

    def first(self) -> Examples:
        """As many as are to be kept, but any."""
        return Examples(self.problems[: self.keep], self.answers[: self.keep])


@dataclass(frozen=True)
class Layout:
    """Where the tokens of a shape stand."""

    prompt: int
    answer: int
    ids: NDArray[np.int64]
    """[tokens] or [tokens, coordinates] position ids of all prompt + answer - 1 tokens read."""


Decomposition: TypeAlias = Generator[Problems, Tokens, Tokens]
"""Yields easier problems, is sent their answers, returns the answers of the whole."""


class Task(Protocol):
    """A family of problems of growing size. Only `truth` knows the right answers.

    `truth` is called for the labelled examples of the first version, for grading an exam, and
    for telling people how precise the labels were; never for what an author trains on.
    """

    @property
    def name(self) -> str: ...
    def slices(self, size: int) -> tuple[str, ...]:
        """The parts of an exam at this size, the plain one first."""
        ...

    def size(self, slice_name: str) -> int: ...
    def draw(self, slice_name: str, count: int, rng: np.random.Generator) -> Problems: ...
    def draw_labelled(self, largest: int, count: int, rng: np.random.Generator) -> Problems:
        """Problems of one random shape up to the largest size that has labels."""
        ...

    def layout(self, shape: str) -> Layout: ...
    def truth(self, problems: Problems) -> Tokens: ...
    def decompose(self, problems: Problems, reach: int, rng: np.random.Generator) -> Decomposition:
        """Split at random places into problems of at most size `reach`."""
        ...

    def variants(self, problems: Problems, rng: np.random.Generator) -> dict[str, Variant]:
        """Other problems whose answers follow from these answers, by name."""
        ...

    def plausible(self, problems: Problems, answers: Tokens) -> Mask:
        """[n] False where an arithmetic check proves the answer wrong."""
        ...


@dataclass(frozen=True)
class Variant:
    """A rewording of problems whose answers are known once the originals' are."""

    problems: Problems
    start: int
    """The variant's answer, from this token on, equals the original's."""
