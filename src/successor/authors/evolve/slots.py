"""The places of a program where an expression may be replaced by another of its kind, as in
strongly typed genetic programming (Montana 1995).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from successor.authors.evolve.kinds import Kind, Names, bound, kind_of, names_in

_EXPECTED: Mapping[tuple[type[ast.AST], str], Kind] = {
    (ast.If, "test"): "truth",
    (ast.While, "test"): "truth",
    (ast.IfExp, "test"): "truth",
    (ast.Assert, "test"): "truth",
    (ast.comprehension, "ifs"): "truth",
    (ast.comprehension, "iter"): "sequence",
    (ast.For, "iter"): "sequence",
    (ast.Starred, "value"): "sequence",
}
_SCOPED = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda
_BUILT_IN = {*dir(builtins), "math"}
_KEPT = {"annotation", "returns", "decorator_list", "args", "func", "target", "targets", "ctx"}
"""Fields that stay: types, signatures, what is called, what is assigned to."""


@dataclass(frozen=True)
class Slot:
    """An expression in its place."""

    parent: ast.AST
    field: str
    index: int | None  # where the field is a list
    node: ast.expr
    kind: Kind
    names: Names
    """The names that can be used there, with their kinds."""

    def put(self, node: ast.expr) -> None:
        """Replace the expression, in its tree."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def slots_in(tree: ast.AST, names: Names) -> list[Slot]:
    """Every slot of a tree, outermost first.

    Args:
        names: those bound outside of the tree that can be used in it.
    """
    return list(_walk(tree, names_in_body(tree, names)))


def free(node: ast.expr) -> set[str]:
    """Names that an expression uses and does not bind."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    binds = {part.id for part in names if isinstance(part.ctx, ast.Store)}
    binds |= {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    return {part.id for part in names} - binds - _BUILT_IN


def names_in_body(tree: ast.AST, names: Names) -> dict[str, Kind]:
    """Names that a tree binds itself, outside of functions and comprehensions in it, and
    `names`.
    """
    everything = names_in(tree, names)
    own = {name for node in _own(tree) for name in _binds(node)}
    return {name: kind for name, kind in everything.items() if name in own or name in names}


def _own(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for node in ast.iter_child_nodes(tree):
        inner = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | _SCOPED)
        if not inner:
            yield from _own(node)


def _binds(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
            yield from (arg.arg for arg in ast.walk(args) if isinstance(arg, ast.arg))
        case _:
            pass


def _walk(node: ast.AST, names: Names) -> Iterator[Slot]:
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        names = names_in_body(node, names)
    if isinstance(node, _SCOPED):
        yield from _scoped(node, names)
        return
    for field, value in ast.iter_fields(node):
        if field not in _KEPT or (isinstance(node, ast.Call) and field == "args"):
            yield from _field(node, field, value, names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _walk(node.func.value, names)


def _field(node: ast.AST, field: str, value: object, names: Names) -> Iterator[Slot]:
    several = isinstance(value, list)
    children = cast("list[object]", value) if several else [value]
    for index, child in enumerate(children):
        if isinstance(child, ast.expr):
            slot = Slot(node, field, index if several else None, child, "other", names)
            yield from _expression(slot)
        elif isinstance(child, ast.AST):
            yield from _walk(child, names)


def _expression(slot: Slot) -> Iterator[Slot]:
    node, parent = slot.node, slot.parent
    expected = _EXPECTED.get((type(parent), slot.field), "number")
    if isinstance(parent, ast.BoolOp) or (
        isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
    ):
        expected = "truth"
    context = getattr(node, "ctx", None)
    kept = isinstance(node, ast.Slice | ast.Starred | ast.Tuple) and slot.field != "value"
    if not kept and not isinstance(context, ast.Store | ast.Del):
        yield replace(slot, kind=kind_of(node, slot.names, expected))
    yield from _walk(node, slot.names)


def _scoped(node: ast.AST, names: Names) -> Iterator[Slot]:
    inner: dict[str, Kind] = dict(names)
    for part in ast.walk(node):
        match part:
            case ast.comprehension(target=target):
                inner.update(dict.fromkeys(bound(target), "number"))
            case ast.arg(arg=name):
                inner[name] = "number"
            case _:
                pass
    for field, value in ast.iter_fields(node):
        if field == "generators":
            # The first sequence is worked out where the comprehension stands, not inside it.
            first, *others = cast("list[ast.comprehension]", value)
            yield from _field(first, "iter", first.iter, names)
            yield from _field(first, "ifs", first.ifs, inner)
            yield from _field(node, "generators", others, inner)
        elif field != "args":
            yield from _field(node, field, value, inner)
