"""One region in the hands of a mutation: its tree, and where something can be done to it."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

from successor.authors.evolve.grow import Grower, Palette
from successor.authors.evolve.kinds import Kind, Names
from successor.authors.evolve.slots import Slot, free, names_in_body, slots_in

_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True)
class Block:
    """A list of statements in its tree: changing it changes the tree."""

    body: list[ast.stmt]
    names: Names
    """The names that can be used in it."""


@dataclass
class Scene:
    """A region that is about to be changed, in place."""

    tree: ast.Module
    names: Names
    """Names bound outside of the region that it can use."""
    palette: Palette
    rng: random.Random
    mate: ast.Module = field(default_factory=lambda: ast.Module([], []))
    """The same region of another variant, for crossover. It may be taken apart."""

    def slots(self, fits: Callable[[Slot], bool] = lambda _: True) -> list[Slot]:
        """The slots that fit, outermost first."""
        return [slot for slot in slots_in(self.tree, self.names) if fits(slot)]

    def pick(self, fits: Callable[[Slot], bool] = lambda _: True) -> Slot | None:
        """One of the slots that fit, by chance; None where there is none."""
        found = self.slots(fits)
        return self.rng.choice(found) if found else None

    def blocks(self) -> list[Block]:
        """Every list of statements."""
        return blocks_in(self.tree, self.names)

    def grower(self, names: Names) -> Grower:
        """Grows expressions from these names, and from what the program makes of them."""
        worked_out = (ast.BinOp, ast.Call, ast.Subscript)
        parts = [
            slot.node
            for slot in self.slots(lambda slot: slot.kind == "number")
            if isinstance(slot.node, worked_out) and free(slot.node) <= set(names)
        ]
        return Grower(self.rng, names, self.palette, parts)

    def grown(self, slot: Slot, kind: Kind | None = None) -> ast.expr:
        """An expression for a slot, of the slot's kind unless told otherwise."""
        return self.grower(slot.names).grow(kind or slot.kind, self.rng.choice((0, 1, 1, 2)))


def blocks_in(tree: ast.Module, names: Names) -> list[Block]:
    """Every list of statements of a tree.

    Args:
        names: those bound outside of the tree that can be used in it.
    """
    return list(_blocks(tree, names_in_body(tree, names)))


def _blocks(node: ast.AST, names: Names) -> Iterator[Block]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        names = names_in_body(node, names)
    if isinstance(node, ast.expr):
        return
    for name, value in ast.iter_fields(node):
        if name in _BLOCKS and value:
            yield Block(cast("list[ast.stmt]", value), names)
    for child in ast.iter_child_nodes(node):
        yield from _blocks(child, names)
