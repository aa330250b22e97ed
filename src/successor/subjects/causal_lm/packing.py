"""Training examples as one row of tokens, in which nothing is padded and nothing is read twice.

What all questions begin with stands in the row once, each question once however many answers it
has, and every answer sees its own question and what that begins with, and nothing else. Losses
and gradients are those of the examples one by one (the mask is a tree, as in tree attention).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
    advantage: float = 1.0
    """How much better than other answers to its question, where a policy gradient asks for it."""


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
    of: Tensor
    """[answer tokens] number of the example that each belongs to."""
    advantages: Tensor
    """[examples]"""
    before: Tensor | None = None
    """[answer tokens] log-probability of each by the version that is trained on, in nats."""

    @property
    def examples(self) -> int:
        """Answers in it."""
        return len(self.advantages)


def rounds(
    examples: Sequence[Example], tokens: int, seed: int, together: int = 1
) -> Iterator[list[Example]]:
    """The examples once each, in groups of at most so many tokens, in an order of chance.

    What is longer than that is alone.

    Args:
        together: so many that follow one another, answers to one question, stay side by side.
    """
    units = [examples[place : place + together] for place in range(0, len(examples), together)]
    by_prompt: dict[tuple[int, ...], list[Sequence[Example]]] = {}
    for place in np.random.default_rng(seed).permutation(len(units)):
        unit = units[int(place)]
        by_prompt.setdefault(unit[0].prompt, []).append(unit)
    group, filled = list[Example](), 0
    for prompt, answers in by_prompt.items():
        for number, unit in enumerate(answers):
            written = sum(len(example.answer) for example in unit)
            more = written + (0 if number and group else len(prompt))
            if group and filled + more > tokens:
                yield group
                group, filled = [], 0
                more = written + len(prompt)
            group += unit
            filled += more
    if group:
        yield group


class Steps:
    """The training steps that examples make, epoch after epoch, each in an order of its own."""

    def __init__(
        self,
        examples: Sequence[Example],
        tokens: int,
        seed: int,
        device: torch.device,
        together: int = 1,
        before: Mapping[Example, Tensor] | None = None,
    ) -> None:
        self._examples, self._tokens, self._seed, self._device = examples, tokens, seed, device
        self._together, self._before = together, before
        self._groups: list[list[Example]] = []
        self._epochs = 0

    def count(self, epochs: float) -> int:
        """Steps of so many epochs, at least one."""
        self._reach(1)
        return max(1, round(epochs * len(self._groups)))

    def batch(self, step: int) -> Packed:
        """One step; the same for the same number."""
        self._reach(step + 1)
        group = self._groups[step]
        packed = pack(group, self._device)
        if self._before is None:
            return packed
        return replace(packed, before=torch.cat([self._before[each] for each in group]))

    def _reach(self, steps: int) -> None:
        while len(self._groups) < steps:
            seed = self._seed + self._epochs
            self._groups += rounds(self._examples, self._tokens, seed, self._together)
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
    return row.packed(examples, device)


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

    def packed(self, examples: Sequence[Example], device: torch.device | None) -> Packed:
        """All of it as tensors."""
        count = len(self._above)
        sees = np.eye(count, dtype=np.bool_)
        for number, above in enumerate(self._above):
            sees[number, list(above)] = True
        of = np.asarray(self._of)
        seen = torch.as_tensor(np.tril(sees[of][:, of]))
        whose = [n for n, example in enumerate(examples) for _ in example.answer]
        parts = (self._ids, self._places, self._predictors, self._targets, whose)
        ids, places, predictors, targets, whose = (torch.tensor(p, device=device) for p in parts)
        advantages = torch.tensor([example.advantage for example in examples], device=device)
        return Packed(ids, places, seen.to(device), predictors, targets, whose, advantages)
