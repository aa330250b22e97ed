"""Every single small repair of a program: the faults that programmers make, turned round.

Kinds after DeMillo, Lipton & Sayward (1978) and the templates of PAR (Kim et al., ICSE 2013). Each
replaces one expression or statement in the text and leaves the rest as it is.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from successor.authors.mutate import guards
from successor.authors.mutate.text import Text, parents_of, statement_of
from successor.authors.mutate.ways import Way, ways_of


@dataclass(frozen=True)
class Repair:
    """One variant."""

    source: str
    line: int
    """That it repairs."""
    told: str
    rank: int
    """0 is likeliest, by its kind."""


def repairs(source: str, function: str) -> Iterator[Repair]:
    """All of them, in the order of the text.

    Args:
        function: dotted name of the target; its parameters get guards. "" for none.
    """
    tree, text = ast.parse(source), Text(source)
    parents = parents_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt) and node in parents:
            for way in ways_of(node, parents):
                put, line = _put(text, node, way, parents), statement_of(node, parents).lineno
                yield Repair(put, line, way.told, way.rank)
    for put, line, told in guards.guarded(tree, text, function):
        yield Repair(put, line, told, guards.RANK)


def _put(text: Text, node: ast.expr | ast.stmt, way: Way, parents: dict[ast.AST, ast.AST]) -> str:
    """The text with a node replaced, in parentheses where its neighbours bind tighter."""
    spelled = ast.unparse(ast.fix_missing_locations(copy.deepcopy(way.node)))
    above = parents[node]
    loose = isinstance(way.node, ast.BinOp | ast.BoolOp | ast.Compare | ast.UnaryOp | ast.IfExp)
    tight = isinstance(above, ast.BinOp | ast.UnaryOp | ast.Attribute | ast.Compare | ast.BoolOp)
    held = isinstance(above, ast.Subscript | ast.Call) and node in (
        getattr(above, "value", None), getattr(above, "func", None)
    )  # fmt: skip
    same = type(way.node) is type(node)
    apart = loose and (tight or held) and not (same and not isinstance(above, ast.BinOp))
    return text.replaced(node, f"({spelled})" if apart and not text.enclosed(node) else spelled)
