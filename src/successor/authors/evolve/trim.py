"""What can be left out of a program: evolution leaves behind what it no longer needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from successor.authors.evolve.kinds import Names
from successor.authors.evolve.normal import tidy
from successor.authors.evolve.scene import blocks_in
from successor.authors.evolve.slots import slots_in


def trimmed(text: str, names: Names) -> Iterator[str]:
    """The region with one statement less, or with an expression replaced by a part of it of its
    kind, or by 0 or 1; those that leave out most come first.
    """
    ways = (_statements, _parts, _constants)
    made = {ast.unparse(tidy(tree)) for way in ways for tree in way(text, names)}
    shorter = [each for each in made if len(each) < len(text)]
    yield from sorted(shorter, key=lambda each: (len(each), each))


def _statements(text: str, names: Names) -> Iterator[ast.Module]:
    counts = [len(block.body) for block in blocks_in(ast.parse(text), names)]
    for number, count in enumerate(counts):
        for place in range(count if count > 1 else 0):
            tree = ast.parse(text)
            del blocks_in(tree, names)[number].body[place]
            yield tree


def _constants(text: str, names: Names) -> Iterator[ast.Module]:
    for number, slot in enumerate(slots_in(ast.parse(text), names)):
        for value in (0, 1) if slot.kind == "number" else ():
            tree = ast.parse(text)
            slots_in(tree, names)[number].put(ast.Constant(value))
            yield tree


def _parts(text: str, names: Names) -> Iterator[ast.Module]:
    for number, slot in enumerate(slots_in(ast.parse(text), names)):
        inner = slots_in(slot.node, slot.names)
        for place, part in enumerate(inner):
            if part.kind == slot.kind:
                tree = ast.parse(text)
                outer = slots_in(tree, names)[number]
                outer.put(slots_in(outer.node, outer.names)[place].node)
                yield tree
