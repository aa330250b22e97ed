"""Training examples as one row of tokens, in which nothing is padded and nothing is read twice.

What all questions begin with stands in the row once, each question once however many answers it
has, and every answer sees its own question and what that begins with, and nothing else. Losses
and gradients are those of the examples one by one (the mask is a tree, as in tree attention).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from successor.subjects.causal_lm.sampling import shared


@dataclass(frozen=True)
class Example:
    """A question and an answer to learn, as tokens."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    """With the token that ends it."""


@dataclass(frozen=True)
class Packed:
    """One training step."""

    ids: Tensor
    """[tokens]"""
    places: Tensor
    """[tokens] position of each in its own example."""
    seen: Tensor
    """[tokens, tokens] whether the first sees the second."""
    predictors: Tensor
    """[answer tokens] which token predicts each."""
    targets: Tensor
    """[answer tokens]"""
    examples: int


def rounds(examples: Sequence[Example], tokens: int, seed: int) -> Iterator[list[Example]]:
    """The examples once each, in groups of at most so many tokens, in an order of chance.

    An example longer than that is alone.
    """
    order = [int(place) for place in np.random.default_rng(seed).permutation(len(examples))]
    by_prompt: dict[tuple[int, ...], list[Example]] = {}
    for place in order:
        by_prompt.setdefault(examples[place].prompt, []).append(examples[place])
    group, filled = list[Example](), 0
    for prompt, answers in by_prompt.items():
        for number, example in enumerate(answers):
            more = len(example.answer) + (0 if number and group else len(prompt))
            if group and filled + more > tokens:
                yield group
                group, filled = [], 0
                more = len(example.answer) + len(prompt)
            group.append(example)
            filled += more
    if group:
        yield group


class Steps:
    """The training steps that examples make, epoch after epoch, each in an order of its own."""

    def __init__(
        self, examples: Sequence[Example], tokens: int, seed: int, device: torch.device
    ) -> None:
        self._examples, self._tokens, self._seed, self._device = examples, tokens, seed, device
        self._groups: list[list[Example]] = []
        self._epochs = 0

    def count(self, epochs: float) -> int:
        """Steps of so many epochs, at least one."""
        self._reach(1)
        return max(1, round(epochs * len(self._groups)))

    def batch(self, step: int) -> Packed:
        """One step; the same for the same number."""
        self._reach(step + 1)
        return pack(self._groups[step], self._device)

    def _reach(self, steps: int) -> None:
        while len(self._groups) < steps:
            seed = self._seed + self._epochs
            self._groups += rounds(self._examples, self._tokens, seed)
            self._epochs += 1


def pack(examples: Sequence[Example], device: torch.device | None = None) -> Packed:
    """The examples as one row."""
    prompts = list(dict.fromkeys(example.prompt for example in examples))
    head = shared(prompts)
    row = _Row()
    root = row.add(prompts[0][:head], 0, ()) if head else None
    begun = {
        prompt: row.add(prompt[head:], head, () if root is None else (root,)) for prompt in prompts
    }
    for example in examples:
        row.answer(example, begun[example.prompt])
    return row.packed(len(examples), device)


class _Row:
    """Segments one behind the other; each sees itself backwards, and all of those above it."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._places: list[int] = []
        self._of: list[int] = []
        self._above: list[tuple[int, ...]] = []
        self._predictors: list[int] = []
        self._targets: list[int] = []

    def add(self, tokens: Sequence[int], place: int, above: tuple[int, ...]) -> int:
        """A segment whose first token has this position; returns its number."""
        number = len(self._above)
        self._above.append(above)
        self._ids += tokens
        self._places += range(place, place + len(tokens))
        self._of += [number] * len(tokens)
        return number

    def answer(self, example: Example, question: int) -> None:
        """An answer; its last token is predicted and never read."""
        before = max(place for place, number in enumerate(self._of) if number == question)
        begin = len(self._ids)
        above = (*self._above[question], question)
        self.add(example.answer[:-1], len(example.prompt), above)
        self._predictors += [before, *range(begin, len(self._ids))]
        self._targets += example.answer

    def packed(self, examples: int, device: torch.device | None) -> Packed:
        """All of it as tensors."""
        count = len(self._above)
        sees = np.eye(count, dtype=np.bool_)
        for number, above in enumerate(self._above):
            sees[number, list(above)] = True
        of = np.asarray(self._of)
        seen = torch.as_tensor(np.tril(sees[of][:, of]))
        parts = (self._ids, self._places, self._predictors, self._targets)
        ids, places, predictors, targets = (torch.tensor(part, device=device) for part in parts)
        return Packed(ids, places, seen.to(device), predictors, targets, examples)
