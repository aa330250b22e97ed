"""Multiplying by hand: rows of partial products and their running sum, written out.

`21*43=` is answered `840;840,630;040` (12 * 34, least significant digit first): for each digit
of the second factor, a row (first factor times that digit) and behind `;` the sum of the row
and of all but the lowest digit of the sum before. The lowest digits of the sums, and the whole
of the last sum, are the product: 8, then 040, is 408. A small network does not find long
products in one go; with every digit written down, each is a matter of a few others.

Built in: that scheme; position ids (column, row, kind of number) by which the digits that
matter to a digit stand at the same distance everywhere; and how a product falls apart into
products of shorter factors and sums. The times table, carries and where to look are learnt.
Products with a chain of thought as a test of self-improvement: Lee et al. 2025.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

import numpy as np
from numpy.typing import NDArray

from successor.subjects.transformer.problems import (
    COMMA,
    EQUALS,
    TIMES,
    VOCABULARY,
    Decomposition,
    Layout,
    Mask,
    Problems,
    Tokens,
    Variant,
)
from successor.subjects.transformer.tasks import addition
from successor.subjects.transformer.tasks.addition import Addition, alternating, cuts, varied

SUMS = "add"
SEMICOLON = VOCABULARY.index(";")
FIRST, SECOND, ROW, SUM = range(4)
"""Kinds of numbers, the third coordinate of a position."""
Part = Generator[Problems, Tokens, Tokens]


class Multiplication:
    """Products of two numbers of up to any number of digits, and the sums that they need."""

    name = "multiplication"
    addition = Addition()

    def slices(self, size: int) -> tuple[str, ...]:
        return (str(size), f"{size} {SUMS}")

    def size(self, slice_name: str) -> int:
        return int(slice_name.split(maxsplit=1)[0])

    def draw(self, slice_name: str, count: int, rng: np.random.Generator) -> Problems:
        """Uniform digits. In the slice "add": sums twice as long, half of them full of carries."""
        size = self.size(slice_name)
        if slice_name.endswith(SUMS):
            plain, carries = self.addition.slices(2 * size)
            half = self.addition.draw(plain, count // 2, rng)
            rest = self.addition.draw(carries, count - count // 2, rng)
            return Problems(half.shape, size, np.concatenate([half.prompts, rest.prompts]))
        factors = rng.integers(0, 10, (count, 2, size), dtype=np.int8)
        return pose(factors[:, 0], factors[:, 1])

    def draw_labelled(self, largest: int, count: int, rng: np.random.Generator) -> Problems:
        """One in four times sums, otherwise products; half of the numbers are shorter.

        Sums of every length equally often: the shortest are the first to be forgotten.
        """
        if rng.random() < 0.25:
            digits = int(rng.integers(1, 2 * largest + 1))
            kind = self.addition.slices(digits)[int(rng.integers(2))]
            sums = self.addition.draw(kind, count, rng)
            return addition.pose(shorten(addition.operands_of(sums), rng))
        weights = np.arange(1, largest + 1)
        size = int(rng.choice(weights, p=weights / weights.sum()))
        factors = shorten(varied(count, size, rng), rng)
        return pose(factors[:, 0], factors[:, 1])

    def layout(self, shape: str) -> Layout:
        kind, *sizes = shape.split()
        if kind == SUMS:
            return sum_layout(int(sizes[0]))
        return product_layout(int(sizes[0]), int(sizes[1]))

    def truth(self, problems: Problems) -> Tokens:
        if problems.shape.startswith(SUMS):
            return self.addition.truth(sums_only(problems))
        first, second = factors_of(problems)
        rows = [times_digit(first, second[:, j]) for j in range(second.shape[1])]
        sums = [rows[0]]
        for row in rows[1:]:
            shifted = np.pad(sums[-1][:, 1:], ((0, 0), (0, 1)))
            sums.append(self.addition.truth(addition.pose(np.stack([shifted, row], 1)))[:, :-1])
        return written(np.stack(rows, axis=1), np.stack(sums, axis=1))

    def decompose(self, problems: Problems, reach: int, rng: np.random.Generator) -> Decomposition:
        """Cut both factors, multiply every pair of pieces, add the rows up.

        Every digit of the answer is one that the solver wrote, in a product of pieces or a sum.
        """
        if problems.shape.startswith(SUMS):
            return (yield from self._add(addition.operands_of(sums_only(problems)), reach, rng))
        first, second = factors_of(problems)
        rows = yield from self._rows(first, second, reach, rng)
        sums = [rows[:, 0]]
        for j in range(1, second.shape[1]):
            shifted = np.pad(sums[-1][:, 1:], ((0, 0), (0, 1)))
            total = yield from self._add(np.stack([shifted, rows[:, j]], axis=1), reach, rng)
            sums.append(total[:, :-1])
        return written(rows, np.stack(sums, axis=1))

    def _rows(self, first: Tokens, second: Tokens, reach: int, rng: np.random.Generator) -> Part:
        """[n, digits of second, digits of first + 1] `first` times each digit of `second`.

        The top digit of a piece of a row is what the next piece has to have added.
        """
        count, digits = second.shape
        across = cuts(first.shape[1], reach, rng)
        down = cuts(digits, reach, rng)
        pieces = yield from multiply_pieces(first, second, across, down)
        joined: list[Tokens] = []
        carry = np.zeros((count * digits, 1), dtype=np.int8)
        for piece, (start, stop) in zip(pieces, across, strict=True):
            part = piece.reshape(count * digits, -1)[:, : stop - start + 1]
            if joined:
                addend = np.pad(carry, ((0, 0), (0, part.shape[1] - 1)))
                part = yield from self._add(np.stack([part, addend], axis=1), reach, rng)
                part = part[:, :-1]
            joined.append(part[:, : stop - start])
            carry = part[:, stop - start : stop - start + 1]
        return np.concatenate([*joined, carry], axis=1).reshape(count, digits, -1)

    def _add(self, operands: Tokens, reach: int, rng: np.random.Generator) -> Part:
        """Sums, in one go where the solver masters that many digits, else in pieces."""
        problems = addition.pose(operands)
        if problems.size <= 2 * reach:
            return (yield problems)
        return (yield from self.addition.decompose(problems, 2 * reach, rng))

    def variants(self, problems: Problems, rng: np.random.Generator) -> dict[str, Variant]:
        """Second factor times ten: a row of zeros comes first. Of sums, both operands."""
        if problems.shape.startswith(SUMS):
            return self.addition.variants(sums_only(problems), rng)
        first, second = factors_of(problems)
        shifted = pose(first, np.pad(second, ((0, 0), (1, 0))))
        return {"shift": Variant(shifted, start=2 * (first.shape[1] + 2))}

    def plausible(self, problems: Problems, answers: Tokens) -> Mask:
        """Casting out nines and elevens, of every row and of every running sum."""
        if problems.shape.startswith(SUMS):
            return self.addition.plausible(sums_only(problems), answers)
        first, second = factors_of(problems)
        rows, sums, proper = read(answers, *lengths_of(problems))
        before = np.pad(sums[:, :-1, 1:], ((0, 0), (1, 0), (0, 0)))
        found = proper & (rows < 10).all(axis=(1, 2)) & (sums < 10).all(axis=(1, 2))
        for check, modulus in ((digit_sum, 9), (alternating, 11)):
            row = check(first)[:, None] * second - check(rows)
            total = check(before) + check(rows) - check(sums)
            found &= ((row % modulus == 0) & (total % modulus == 0)).all(axis=1)
        return found


def multiply_pieces(
    first: Tokens,
    second: Tokens,
    across: list[tuple[int, int]],
    down: list[tuple[int, int]],
) -> Generator[Problems, Tokens, list[Tokens]]:
    """For each piece of `first`, [n, digits of second, longest piece + 1] its rows.

    All pairs of pieces are asked at once, filled up with zeros to one square shape.
    """
    size = max(stop - start for start, stop in (*across, *down))
    pairs = [(a, b) for a in across for b in down]
    asked = pose(
        np.concatenate([fill(first[:, slice(*a)], size) for a, _ in pairs]),
        np.concatenate([fill(second[:, slice(*b)], size) for _, b in pairs]),
    )
    rows, _, _ = read((yield asked), size, size)
    blocks = iter(rows.reshape(len(pairs), len(first), size, size + 1))
    return [
        np.concatenate([next(blocks)[:, : stop - start] for start, stop in down], axis=1)
        for _ in across
    ]


def pose(first: Tokens, second: Tokens) -> Problems:
    """Problems from the factors' digits, [n, digits] each."""
    wide, high = first.shape[1], second.shape[1]
    times = np.full((len(first), 1), TIMES, dtype=np.int8)
    equals = np.full((len(first), 1), EQUALS, dtype=np.int8)
    prompts = np.concatenate([first, times, second, equals], axis=1, dtype=np.int8)
    return Problems(f"mul {wide} {high}", max(wide, high), prompts)


def lengths_of(problems: Problems) -> tuple[int, int]:
    """Digits of the first and of the second factor."""
    _, wide, high = problems.shape.split()
    return int(wide), int(high)


def factors_of(problems: Problems) -> tuple[Tokens, Tokens]:
    """The inverse of `pose`."""
    wide, _ = lengths_of(problems)
    return problems.prompts[:, :wide], problems.prompts[:, wide + 1 : -1]


def sums_only(problems: Problems) -> Problems:
    """A sum as the task "addition" knows it: its size there is its number of digits."""
    return Problems(problems.shape, int(problems.shape.split()[1]), problems.prompts)


def written(rows: Tokens, sums: Tokens) -> Tokens:
    """Answers from rows and running sums, [n, digits of second, digits of first + 1] each."""
    semicolons = np.full((*rows.shape[:2], 1), SEMICOLON, dtype=np.int8)
    commas = np.full((*rows.shape[:2], 1), COMMA, dtype=np.int8)
    lines = np.concatenate([rows, semicolons, sums, commas], axis=2, dtype=np.int8)
    return lines.reshape(len(rows), -1)[:, :-1]


def read(answers: Tokens, wide: int, high: int) -> tuple[Tokens, Tokens, Mask]:
    """Rows and running sums of answers, and which answers have their marks in place."""
    lines = np.pad(answers, ((0, 0), (0, 1)), constant_values=COMMA)
    lines = lines.reshape(len(answers), high, 2 * (wide + 2))
    proper = (lines[:, :, wide + 1] == SEMICOLON) & (lines[:, :, -1] == COMMA)
    return lines[:, :, : wide + 1], lines[:, :, wide + 2 : -1], proper.all(axis=1)


def product_layout(wide: int, high: int) -> Layout:
    """A digit of row j stands in row j, its column counted within the row, from 1 on."""
    columns = range(1, wide + 2)
    first = [(column, 0, FIRST) for column in columns]  # the multiplication sign is the last
    second = [(0, row, SECOND) for row in range(high)]
    lines = [
        (column, row, kind)
        for row in range(high)
        for kind in (ROW, SUM)
        for column in (0, *columns)  # column 0 is the mark before the number
    ]
    return Layout(
        prompt=wide + high + 2,
        answer=2 * high * (wide + 2) - 1,
        ids=positions([*first, *second, *lines[:-1]]),  # the last digit is never read
    )


def sum_layout(size: int) -> Layout:
    """The operands of a sum stand as a running sum and the row to be added to it do."""
    columns = range(1, size + 1)
    return Layout(
        prompt=2 * size + 2,
        answer=size + 1,
        ids=positions(
            [
                *((column + 1, 0, SUM) for column in columns),
                (0, 1, ROW),
                *((column, 1, ROW) for column in columns),
                (0, 1, SUM),
                *((column, 1, SUM) for column in columns),
            ]
        ),
    )


def positions(triples: Iterable[tuple[int, int, int]]) -> NDArray[np.int64]:
    """[tokens, 3]"""
    return np.array(list(triples), dtype=np.int64)


def times_digit(digits: Tokens, digit: Tokens) -> Tokens:
    """[n, size + 1] numbers times one digit each."""
    answers = np.zeros((len(digits), digits.shape[1] + 1), dtype=np.int8)
    carry = np.zeros(len(digits), dtype=np.int8)
    for column in range(digits.shape[1]):
        product = digits[:, column] * digit + carry
        answers[:, column] = product % 10
        carry = product // 10
    answers[:, -1] = carry
    return answers


def shorten(numbers: Tokens, rng: np.random.Generator) -> Tokens:
    """[n, 2, size] half of the pairs with zeros at the top, from a random digit on."""
    count, size = len(numbers), int(numbers.shape[2])
    lengths = rng.integers(1, size + 1, (count, 2, 1))
    lengths[rng.random(count) < 0.5] = size
    return np.where(np.arange(size, dtype=np.int64) < lengths, numbers, 0).astype(np.int8)


def fill(digits: Tokens, size: int) -> Tokens:
    """Zeros at the top, up to `size` digits."""
    return np.pad(digits, ((0, 0), (0, size - digits.shape[1])))


def digit_sum(digits: Tokens) -> NDArray[np.int64]:
    """The value modulo nine."""
    return digits.sum(axis=-1, dtype=np.int64)
