"""Items of a lab, and what a model makes of them under a prompt: the same for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from runpy import run_path
from typing import Any, TypeAlias

from successor.llm import LanguageModel
from successor.subjects.prompt.solving import Oracle, PromptSolver

Item: TypeAlias = tuple[str, str]
"""The question, and the answer as the lab's file keeps it."""


@dataclass(frozen=True)
class Mark:
    """What became of one item."""

    said: str
    score: float
    feedback: str


class Items:
    """A lab's file of items, trusted here: it draws and marks for both sides."""

    def __init__(self, path: Path, family: str) -> None:
        self._file: dict[str, Any] = run_path(str(path))
        self._family = family

    def draw(self, purpose: str, count: int) -> list[Item]:
        """So many; the same purpose draws the same, and no lab draws by such a one."""
        randoms = (Random(f"benchmark/{purpose}/{place}") for place in range(count))
        return [self._file["draw"](random, self._family) for random in randoms]

    def mark(self, said: str, item: Item) -> Mark:
        """As the lab does it."""
        answer = item[1]
        score, told = self._file["score"](said, answer), self._file["feedback"](said, answer)
        return Mark(said, float(score), str(told))


@dataclass(frozen=True)
class Answering:
    """A model that answers under a prompt, as the product puts it to the model."""

    items: Items
    model: LanguageModel
    max_tokens: int

    def answer(self, text: str, asked: Sequence[Item]) -> list[Mark]:
        """All at once, as far as the server batches them. Raises LLMError."""
        solver = PromptSolver(Oracle(self.model, self.max_tokens, 0.0))
        said = solver.solve(text, [question for question, _ in asked])
        return [self.items.mark(each.text, item) for each, item in zip(said, asked, strict=True)]
