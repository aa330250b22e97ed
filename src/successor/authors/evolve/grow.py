"""Random expressions of a kind, from the names that a place can use."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from successor.authors.evolve.kinds import MATHS, Kind, Names

ARITHMETIC: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div)
WHOLE: tuple[type[ast.operator], ...] = (ast.FloorDiv, ast.Mod)
COMPARISONS: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_MAGNITUDES = (-0.5, 2.0)
"""Decades that constants come from."""
_OWN = 0.2
"""Chance that a leaf is a part of the program, where it has any."""
_NAME = 0.65
"""Chance that a leaf is a name where there is one; else it is a constant."""


@dataclass(frozen=True)
class Palette:
    """What the expressions of one program are made of."""

    constants: tuple[float, ...]
    """Numbers of the original program, beside those that every program may use."""
    maths: bool
    """Whether the program imports `math`."""


@dataclass(frozen=True)
class Grower:
    """Grows expressions at one place."""

    rng: random.Random
    names: Names
    palette: Palette
    parts: Sequence[ast.expr] = ()
    """Numbers that the program works out itself: what it compares is most often one of these."""

    def grow(self, kind: Kind, depth: int) -> ast.expr:
        """An expression of a kind; `depth` 0 is a leaf. Kind "other" gives a name."""
        makers: dict[Kind, Callable[[int], ast.expr]] = {
            "number": self._number,
            "truth": self._truth,
            "sequence": self._sequence,
            "other": lambda _: self._name("other") or ast.Constant(None),
        }
        return makers[kind](depth)

    def constant(self) -> ast.expr:
        """A number: of the original program, a common one, or any."""
        rng = self.rng
        common = (0, 1, 1, 2, 2, 3, 0.5, 10, *self.palette.constants)
        if rng.random() < 0.7:
            return number(rng.choice(common))
        return self.threshold()

    def threshold(self) -> ast.expr:
        """A number of any magnitude: where a threshold lies, only the data knows."""
        return number(self.magnitude())

    def magnitude(self) -> float:
        """Of a threshold, with its sign."""
        rng = self.rng
        size = 10 ** rng.uniform(*_MAGNITUDES)
        value = round(size) if size >= 1 and rng.random() < 0.5 else float(f"{size:.2g}")
        return -value if rng.random() < 0.5 else value

    def variable(self) -> ast.expr:
        """What a threshold may be asked of: a part of the program, or a name."""
        name = self._name("number")
        if self.parts and (name is None or self.rng.random() < 0.7):
            return deepcopy(self.rng.choice(self.parts))
        return name or self.constant()

    def pair(self, left: ast.expr, right: ast.expr) -> ast.expr:
        """Two numbers under an operator. Powers get a small constant: `x**x**x` never ends."""
        rng = self.rng
        draw = rng.random()
        if draw < 0.08:
            return ast.BinOp(left, ast.Pow(), number(rng.choice((2, 2, 3, 0.5))))
        if draw < 0.16:
            name = rng.choice(("min", "max"))
            return ast.Call(ast.Name(name, ast.Load()), [left, right], [])
        kinds = WHOLE if draw < 0.22 else ARITHMETIC
        return ast.BinOp(left, rng.choice(kinds)(), right)

    def applied(self, node: ast.expr) -> ast.expr:
        """A number under a function of one number."""
        rng = self.rng
        if self.palette.maths and rng.random() < 0.6:
            func: ast.expr = ast.Attribute(
                ast.Name("math", ast.Load()), rng.choice(MATHS), ast.Load()
            )
            return ast.Call(func, [node], [])
        if rng.random() < 0.5:
            return ast.UnaryOp(ast.USub(), node)
        return ast.Call(ast.Name("abs", ast.Load()), [node], [])

    def _number(self, depth: int) -> ast.expr:
        draw = self.rng.random()
        if depth <= 0 or draw < 0.2:
            return self._leaf()
        if draw < 0.75:
            return self.pair(self._number(depth - 1), self._number(depth - 1))
        if draw < 0.87:
            return self.applied(self._number(depth - 1))
        if draw < 0.93 and (whole := self._name("sequence")) is not None:
            name = self.rng.choice(("len", "sum", "max", "min"))
            return ast.Call(ast.Name(name, ast.Load()), [whole], [])
        return ast.IfExp(self._truth(depth - 1), self._number(depth - 1), self._number(depth - 1))

    def _leaf(self) -> ast.expr:
        rng = self.rng
        if self.parts and rng.random() < _OWN:
            return deepcopy(rng.choice(self.parts))
        name = self._name("number") if rng.random() < _NAME else None
        return name or self.constant()

    def _truth(self, depth: int) -> ast.expr:
        draw = self.rng.random()
        if draw < 0.1 and (name := self._name("truth")) is not None:
            return name
        if depth > 0 and draw < 0.3:
            kind = self.rng.choice((ast.And, ast.Or))
            return ast.BoolOp(kind(), [self._truth(depth - 1), self._truth(depth - 1)])
        left = self._number(depth - 1)
        right = self.constant() if self.rng.random() < 0.5 else self._number(depth - 1)
        return ast.Compare(left, [self.rng.choice(COMPARISONS)()], [right])

    def _sequence(self, depth: int) -> ast.expr:
        whole = self._name("sequence")
        if whole is None:
            parts: list[ast.expr] = [self._leaf() for _ in range(self.rng.randrange(3))]
            return ast.List(parts, ast.Load())
        draw = self.rng.random()
        if depth <= 0 or draw < 0.4:
            return whole
        if draw < 0.6:
            return ast.Call(ast.Name("sorted", ast.Load()), [whole], [])
        if draw < 0.75:
            part = ast.Slice(None, None, number(-1)) if draw < 0.68 else ast.Slice(number(1))
            return ast.Subscript(whole, part, ast.Load())
        return self._comprehension(whole, depth)

    def _comprehension(self, whole: ast.expr, depth: int) -> ast.expr:
        name = next(name for name in map("item{}".format, range(99)) if name not in self.names)
        inner = Grower(self.rng, {**self.names, name: "number"}, self.palette, self.parts)
        each = ast.comprehension(ast.Name(name, ast.Store()), whole, [], 0)
        return ast.ListComp(inner.grow("number", depth - 1), [each])

    def _name(self, kind: Kind) -> ast.expr | None:
        fitting = sorted(name for name, of in self.names.items() if of == kind)
        return ast.Name(self.rng.choice(fitting), ast.Load()) if fitting else None


def number(value: float) -> ast.expr:
    """A number as it is written: a negative one is a minus and a constant."""
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)
