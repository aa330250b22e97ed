"""New steps for an improver: moves that its own code takes now and then, written into its file.

The function that changes a candidate, which has a `task`, an `rng` and one parameter more, gets a
line that hands over to a move with some probability, by kind of space; or a line above it, so that
nothing is proposed twice. The text of the moves is in `moves.py`.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from successor.authors.itself import moves
from successor.authors.itself.edits import KINDS, TASK, Edit, offset, setting
from successor.authors.regions import marked

RNG = "rng"
"""What a function that can draw lots calls its parameter."""
_DIGITS = 1
"""Of a probability that is written: a few looks tell no finer ones apart."""
_MOVES = (moves.moved, moves.turned_round)
_ONCE = moves.never_twice


@dataclass(frozen=True)
class Places:
    """Where a file takes new steps, in bytes of UTF-8."""

    top: int
    """Behind its imports and constants."""
    above: int
    """Above the function that changes a candidate."""
    body: int
    """Before that function's first statement, on its line."""
    end: int


@dataclass(frozen=True)
class Move:
    """A move to hand over to, each kind of space with a probability of its own."""

    name: str
    text: str
    call: str
    at: Places

    @property
    def places(self) -> int:
        """Coordinates: a probability for each kind."""
        return len(KINDS)

    def edits(self, point: Sequence[float], reach: float, digits: int) -> list[Edit]:
        """Nothing where all are in the lower half, or around the middle."""
        shares = [round(max(0.0, setting(each, 1.0)), _DIGITS) for each in point]
        if not any(shares):
            return []
        name, one = self.name.upper(), len({*shares}) == 1
        pairs = ", ".join(f'"{kind}": {share}' for kind, share in zip(KINDS, shares, strict=True))
        value, which = (f"{shares[0]}", "") if one else (f"{{{pairs}}}", f"[{TASK}.kind]")
        told = f"if {RNG}.random() < {name}{which}:\n        return {self.call}\n    "
        return [
            Edit(self.at.top, self.at.top, f"{name} = {value}\n"),
            Edit(self.at.body, self.at.body, told),
            Edit(self.at.end, self.at.end, f"\n\n{self.text}\n"),
        ]


@dataclass(frozen=True)
class Once:
    """A line above the function: nothing twice."""

    name: str
    text: str
    at: Places

    @property
    def places(self) -> int:
        """Coordinates: whether or not."""
        return 1

    def edits(self, point: Sequence[float], reach: float, digits: int) -> list[Edit]:
        """Nothing in the lower half, and around the middle."""
        if setting(point[0], 1.0) <= 0:
            return []
        above, top = self.at.above, self.at.top
        return [Edit(top, top, f"\n\n{self.text}\n"), Edit(above, above, f"@{self.name}\n")]


def steps_of(source: str) -> tuple[Move | Once, ...]:
    """The steps that a file lacks; none where it says which of its regions may change."""
    tree = ast.parse(source)
    function = next((f for f in tree.body if isinstance(f, ast.FunctionDef) and _changes(f)), None)
    if function is None or marked(source) or not source.endswith("\n"):
        return ()
    first = function.body[0]
    if first.lineno == function.lineno or first.col_offset != 4:
        return ()
    at = Places(
        _behind_head(tree, source),
        offset(source, min(n.lineno for n in (function, *function.decorator_list)), 0),
        offset(source, first.lineno, first.col_offset),
        len(source.encode()),
    )
    if at.top > at.above:
        return ()
    call = ", ".join(_in_order(function))
    known = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef)
    }
    found = [
        Move(each.__name__, text_of(each), f"{each.__name__}({call})", at)
        for each in _MOVES
        if not known & {each.__name__, each.__name__.upper()}
    ]
    once = Once(_ONCE.__name__, text_of(_ONCE), at)
    return tuple(found) if once.name in known else (*found, once)


@cache
def text_of(move: Callable[..., object]) -> str:
    """A move as it goes into a file: without annotations, which an improver has no use for."""
    tree = _Bare().visit(ast.parse(inspect.getsource(move)))
    return ast.unparse(ast.fix_missing_locations(tree)).replace("'", '"')


class _Bare(ast.NodeTransformer):
    """Takes annotations out."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return node
        return ast.Assign([node.target], node.value)


def _changes(function: ast.FunctionDef) -> bool:
    """Whether it takes a task, an rng and one thing more, and is none of the moves."""
    names = [each.arg for each in function.args.args]
    moved = {move.__name__ for move in _MOVES}
    return len(names) == 3 and {TASK, RNG} < {*names} and function.name not in moved


def _in_order(function: ast.FunctionDef) -> tuple[str, str, str]:
    """Its parameters as moves take them."""
    (candidate,) = {each.arg for each in function.args.args} - {TASK, RNG}
    return TASK, candidate, RNG


def _behind_head(tree: ast.Module, source: str) -> int:
    """Behind the last import or constant before the first function."""
    last = 0
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            break
        last = node.end_lineno or node.lineno
    return offset(source, last + 1, 0)
