"""Problems with verifiers: what a language model is asked, and who says whether it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from successor.types import Digest, Purpose

_SHARES: tuple[tuple[int, Purpose], ...] = ((128, "training"), (208, "held-out"))
"""Of 256 questions: half may be trained on, 80 are for the judge; the rest confirms."""


@dataclass(frozen=True)
class Problem:
    """One question, without its answer to whoever only looks."""

    slice: str
    question: str
    entry: Mapping[str, Any]
    """What the verifier needs to know; from `Tasks.draw`, and for `Tasks.score` alone."""
    origin: str
    """How it is drawn again: where from, seed and number."""

    @property
    def id(self) -> Digest:
        """By its text, without its spaces: the same question is the same wherever it is drawn."""
        return sha256(" ".join(self.question.split()).encode()).hexdigest()


def purpose_of(question: Digest) -> Purpose:
    """Who may ever see a question. It follows from its text alone: so no question that a model
    was trained on is asked by a judge, even when a family has few and draws them again.
    """
    place = int(question[:2], 16)
    for below, purpose in _SHARES:
        if place < below:
            return purpose
    return "confirmation"


class Tasks(Protocol):
    """Families of problems at levels of difficulty."""

    def slices(self) -> tuple[tuple[str, float], ...]:
        """(name, difficulty) of every slice, `FAMILY/LEVEL`; the difficulty is the level."""
        ...

    def sealed(self) -> frozenset[str]:
        """Slices that are never trained on."""
        ...

    def draw(self, purpose: Purpose, seed: int, name: str, count: int) -> Sequence[Problem]:
        """Independent problems of a slice, the same for the same seed, all of that purpose."""
        ...

    def score(self, problem: Problem, answer: str) -> float:
        """1 when the verifier says that the answer is right, else 0."""
        ...
