"""Reversing a string of digits: `1234=4321`. The easy task: no carries, no arithmetic.

Built in: a digit of the answer has the position id of the digit that it repeats, and a long
string falls apart into pieces that are reversed one by one. The ids alone do not solve it: a
model that learnt 8 digits still reverses most strings of 16, and none of 64.
"""

from __future__ import annotations

import numpy as np

from successor.subjects.transformer.problems import (
    EQUALS,
    Decomposition,
    Layout,
    Mask,
    Problems,
    Tokens,
    Variant,
)
from successor.subjects.transformer.tasks.addition import alternating, cuts

RUNS = "runs"


class Reversal:
    """Strings of digits, to be written backwards."""

    name = "reversal"

    def slices(self, size: int) -> tuple[str, ...]:
        return (str(size), f"{size} {RUNS}")

    def size(self, slice_name: str) -> int:
        return int(slice_name.split(maxsplit=1)[0])

    def draw(self, slice_name: str, count: int, rng: np.random.Generator) -> Problems:
        """Uniform digits; in the slice "runs" most digits repeat the one before them."""
        size = self.size(slice_name)
        digits = rng.integers(0, 10, (count, size), dtype=np.int8)
        if slice_name.endswith(RUNS):
            fresh = rng.random((count, size)) < 0.2
            fresh[:, 0] = True
            last = np.maximum.accumulate(np.where(fresh, np.arange(size), 0), axis=1)
            digits = np.take_along_axis(digits, last, axis=1)
        return pose(digits)

    def draw_labelled(self, largest: int, count: int, rng: np.random.Generator) -> Problems:
        weights = np.arange(1, largest + 1)
        size = int(rng.choice(weights, p=weights / weights.sum()))
        return pose(rng.integers(0, 10, (count, size), dtype=np.int8))

    def layout(self, shape: str) -> Layout:
        size = int(shape.split()[1])
        forward = np.arange(1, size + 1)
        backward = forward[:0:-1]
        ids = np.concatenate([forward, [size + 1], backward])
        return Layout(prompt=size + 1, answer=size, ids=ids)

    def truth(self, problems: Problems) -> Tokens:
        return np.ascontiguousarray(problems.prompts[:, -2::-1])

    def decompose(self, problems: Problems, reach: int, rng: np.random.Generator) -> Decomposition:
        """Reverse each piece, then join them last piece first."""
        digits = problems.prompts[:, :-1]
        pieces: list[Tokens] = []
        for start, stop in cuts(problems.size, reach, rng):
            pieces.append((yield pose(digits[:, start:stop])))
        return np.concatenate(pieces[::-1], axis=1)

    def variants(self, problems: Problems, rng: np.random.Generator) -> dict[str, Variant]:
        """One more digit at the end, which comes first in the answer."""
        extra = rng.integers(0, 10, (len(problems), 1), dtype=np.int8)
        longer = np.concatenate([problems.prompts[:, :-1], extra], axis=1)
        return {"shift": Variant(pose(longer), start=1)}

    def plausible(self, problems: Problems, answers: Tokens) -> Mask:
        """Digit sum and alternating sum: blind to some swaps, as such checks are."""
        digits = problems.prompts[:, :-1]
        sums = digits.sum(axis=1, dtype=np.int64) == answers.sum(axis=1, dtype=np.int64)
        signed = alternating(digits[:, ::-1]) == alternating(answers)
        return sums & signed


def pose(digits: Tokens) -> Problems:
    """Problems from digits [n, size]."""
    count, size = digits.shape
    equals = np.full((count, 1), EQUALS, dtype=np.int8)
    prompts = np.concatenate([digits, equals], axis=1)
    return Problems(f"reverse {size}", size, np.ascontiguousarray(prompts, dtype=np.int8))
