"""Adding two numbers, least significant digit first: `321+654=9750`.

A sum of size n has two operands of n digits, the shorter one filled up with zeros, and an
answer of n + 1 digits. Built in: digits of equal weight share a position id, and how a long
sum falls apart into shorter ones. The digits themselves, carries and where to look are learnt.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from successor.subjects.transformer.problems import (
    EQUALS,
    PLUS,
    Decomposition,
    Layout,
    Mask,
    Problems,
    Tokens,
    Variant,
)

CARRIES = "carries"


class Addition:
    """Sums of two numbers of up to any number of digits."""

    name = "addition"

    def slices(self, size: int) -> tuple[str, ...]:
        return (str(size), f"{size} {CARRIES}")

    def size(self, slice_name: str) -> int:
        return int(slice_name.split(maxsplit=1)[0])

    def draw(self, slice_name: str, count: int, rng: np.random.Generator) -> Problems:
        """Uniform digits; in the slice "carries" most columns add up to nine: carries run far."""
        size = self.size(slice_name)
        operands = rng.integers(0, 10, (count, 2, size), dtype=np.int8)
        if slice_name.endswith(CARRIES):
            nine = rng.random((count, size)) < 0.9
            operands[:, 1] = np.where(nine, 9 - operands[:, 0], operands[:, 1])
        return pose(operands)

    def draw_labelled(self, largest: int, count: int, rng: np.random.Generator) -> Problems:
        """Longer sums more often; half of the operands shorter than the sum."""
        weights = np.arange(1, largest + 1)
        size = int(rng.choice(weights, p=weights / weights.sum()))
        operands = varied(count, size, rng)
        lengths = rng.integers(1, size + 1, (count, 2, 1))
        lengths[rng.random(count) < 0.5] = size
        return pose(np.where(np.arange(size) < lengths, operands, 0).astype(np.int8))

    def layout(self, shape: str) -> Layout:
        size = int(shape.split()[1])
        digits = np.arange(1, size + 1)
        ids = np.concatenate([digits, [0], digits, [0], digits])
        return Layout(prompt=2 * size + 2, answer=size + 1, ids=ids)

    def truth(self, problems: Problems) -> Tokens:
        total = operands_of(problems).sum(axis=1, dtype=np.int8)
        answers = np.zeros((len(problems), problems.size + 1), dtype=np.int8)
        carry = np.zeros(len(problems), dtype=np.int8)
        for column in range(problems.size):
            carried = total[:, column] + carry
            answers[:, column] = carried % 10
            carry = carried // 10
        answers[:, -1] = carry
        return answers

    def decompose(self, problems: Problems, reach: int, rng: np.random.Generator) -> Decomposition:
        """Cut into parts of fewer than `reach` digits, add each, then let the carries ripple.

        A carry into a part is one more sum: the part's sum plus one. Every digit of the answer,
        every carry included, is one that the solver wrote.
        """
        operands = operands_of(problems)
        carry = np.zeros(len(problems), dtype=np.bool_)
        digits: list[Tokens] = []
        for start, stop in cuts(problems.size, max(1, reach - 1), rng):
            part = (yield pose(operands[:, :, start:stop])).copy()
            if carry.any():
                one = np.zeros_like(part[carry])
                one[:, 0] = 1
                more = yield pose(np.stack([part[carry], one], axis=1))
                part[carry] = more[:, : part.shape[1]]
            digits.append(part[:, :-1])
            carry = part[:, -1] == 1
        return np.concatenate([*digits, carry[:, None].astype(np.int8)], axis=1)

    def variants(self, problems: Problems, rng: np.random.Generator) -> dict[str, Variant]:
        """Operands swapped; both operands times ten."""
        operands = operands_of(problems)
        shifted = np.pad(operands, ((0, 0), (0, 0), (1, 0)))
        return {
            "commute": Variant(pose(operands[:, ::-1]), start=0),
            "shift": Variant(pose(shifted), start=1),
        }

    def plausible(self, problems: Problems, answers: Tokens) -> Mask:
        """Casting out nines and elevens."""
        operands = operands_of(problems)
        nines = operands.sum(axis=(1, 2), dtype=np.int64) - answers.sum(axis=1, dtype=np.int64)
        elevens = alternating(operands).sum(axis=1) - alternating(answers)
        return (nines % 9 == 0) & (elevens % 11 == 0) & (answers < 10).all(axis=1)


def pose(operands: Tokens) -> Problems:
    """Problems from operand digits [n, 2, size]."""
    count, _, size = operands.shape
    plus = np.full((count, 1), PLUS, dtype=np.int8)
    equals = np.full((count, 1), EQUALS, dtype=np.int8)
    prompts = np.concatenate([operands[:, 0], plus, operands[:, 1], equals], axis=1)
    return Problems(f"add {size}", size, np.ascontiguousarray(prompts, dtype=np.int8))


def varied(count: int, size: int, rng: np.random.Generator) -> Tokens:
    """[n, 2, size] digits, in half of the pairs of two kinds only.

    So rare columns come often, such as 1 + 1 behind 9 + 9: what is seldom seen is wrong in the
    end, and one wrong column in ten thousand is wrong in every sum that is long enough.
    """
    kinds = rng.integers(0, 10, (count, 2), dtype=np.int8)
    kinds_only = np.take_along_axis(kinds, rng.integers(0, 2, (count, 2 * size)), axis=1)
    digits = rng.integers(0, 10, (count, 2, size), dtype=np.int8)
    return np.where(rng.random((count, 1, 1)) < 0.5, kinds_only.reshape(count, 2, size), digits)


def operands_of(problems: Problems) -> Tokens:
    """[n, 2, size] digits, the inverse of `pose`."""
    size = problems.size
    return np.stack([problems.prompts[:, :size], problems.prompts[:, size + 1 : -1]], axis=1)


def cuts(size: int, longest: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Random consecutive (start, stop) that cover range(size), none longer than `longest`."""
    stops = [0]
    while size - stops[-1] > longest:
        shortest = min(max(1, longest // 2), size - stops[-1] - 1)
        stops.append(stops[-1] + int(rng.integers(shortest, longest + 1)))
    return list(zip(stops, [*stops[1:], size], strict=True))


def alternating(digits: Tokens) -> NDArray[np.int64]:
    """Digits with alternating signs, summed over the last axis: the value modulo eleven."""
    signs = 1 - 2 * (np.arange(digits.shape[-1], dtype=np.int64) % 2)
    return (digits.astype(np.int64) * signs).sum(axis=-1)
