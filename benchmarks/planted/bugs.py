"""Bugs as people make them, by class, planted in a correct program one at a time.

The classes are what people get wrong, not what the author `mutate` can mend: several take out
code, which no single small repair puts back.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

Nodes = Iterator[ast.AST]
Block = list[ast.stmt]


@dataclass(frozen=True)
class Bug:
    """A program with one fault."""

    kind: str
    source: str
    line: int
    """Of the correct program, as it is unparsed."""


def bugs(source: str) -> Iterator[Bug]:
    """All that can be planted in the functions of a program."""
    tree = ast.parse(ast.unparse(ast.parse(source)))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        names = _names(function)
        for owner in ast.walk(function):
            yield from _in_node(tree, owner, names, first=owner is function)


def _in_node(
    tree: ast.Module, owner: ast.AST, names: Sequence[str], *, first: bool
) -> Iterator[Bug]:
    for field, value in ast.iter_fields(owner):
        if field in {"annotation", "returns", "decorator_list", "ctx", "op", "ops"}:
            continue
        many = cast("list[ast.AST]", value) if isinstance(value, list) else []
        if many and field in {"body", "orelse"}:
            block = cast("Block", many)
            for kind, made in _blocks(block, first=first and field == "body"):
                yield _bug(tree, owner, field, made, kind)
        for place, node in enumerate(many):
            for kind, other in _others(node, owner, field, names):
                put = [*many[:place], other, *many[place + 1 :]]
                yield _bug(tree, owner, field, put, kind)
        if isinstance(value, ast.AST):
            for kind, other in _others(value, owner, field, names):
                yield _bug(tree, owner, field, other, kind)


def _bug(tree: ast.Module, owner: ast.AST, field: str, put: object, kind: str) -> Bug:
    held = getattr(owner, field)
    setattr(owner, field, put)
    try:
        source = ast.unparse(ast.fix_missing_locations(copy.deepcopy(tree)))
    finally:
        setattr(owner, field, held)
    return Bug(kind, source + "\n", getattr(owner, "lineno", 0))


def _names(function: ast.FunctionDef) -> list[str]:
    given = [each.arg for each in function.args.args]
    made = [n.id for n in ast.walk(function)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]  # fmt: skip
    return [*dict.fromkeys([*given, *made])]


def _others(
    node: ast.AST, owner: ast.AST, field: str, names: Sequence[str]
) -> Iterator[tuple[str, ast.AST]]:
    for kind, make in MAKERS.items():
        for other in make(node):
            yield kind, other
    if isinstance(owner, ast.If | ast.While | ast.IfExp) and field == "test":
        yield "inverted condition", _inverted(node)
    if isinstance(owner, ast.comprehension) and field == "ifs":
        yield "inverted condition", _inverted(node)
    if isinstance(owner, ast.arguments) and field == "defaults" and isinstance(node, ast.Constant):
        for value in _near(node.value):
            yield "default", ast.Constant(value)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        for name in names:
            if name != node.id:
                yield "variable", ast.Name(name, ast.Load())


def _near(value: object) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    return [";"] if value == "," else [" "] if value == "" else []


def _inverted(test: ast.AST) -> ast.AST:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    assert isinstance(test, ast.expr)  # noqa: S101 - for the checker
    return ast.UnaryOp(ast.Not(), test)


def _shifted(node: ast.expr) -> Iterator[ast.expr]:
    """One more and one less, as people forget it: a "+ 1" is left out rather than turned."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node, ast.BinOp) and ast.unparse(node.right) == "1":
        yield node.left
    elif isinstance(node, ast.Name | ast.Call | ast.BinOp):
        yield ast.BinOp(node, ast.Add(), ast.Constant(1))
        yield ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _off_by_one(node: ast.AST) -> Nodes:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "range":
        for place, given in enumerate(node.args):
            for other in _shifted(given):
                yield ast.Call(node.func, [*node.args[:place], other, *node.args[place + 1 :]], [])
    elif isinstance(node, ast.Slice):
        for name in ("lower", "upper"):
            bound: ast.expr | None = getattr(node, name)
            for other in _shifted(bound) if bound else ():
                yield _with(node, name, other)
    elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        for other in _shifted(node.slice) if isinstance(node.slice, ast.BinOp) else ():
            yield _with(node, "slice", other)
    elif isinstance(node, ast.Compare):
        for other in _shifted(node.comparators[0]):
            if not isinstance(other, ast.BinOp):
                yield _with(node, "comparators", [other, *node.comparators[1:]])


_STRICT: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.LtE, ast.NotEq: ast.Gt,
}  # fmt: skip
_TURNED: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
}  # fmt: skip
_ERRORS = {"ValueError": "KeyError", "KeyError": "ValueError", "TypeError": "ValueError"}
_METHODS = {
    "max": "min", "min": "max", "strip": "rstrip", "upper": "lower", "lower": "upper",
    "extend": "append", "append": "extend", "any": "all", "add": "discard", "isdigit": "isalpha",
}  # fmt: skip
_COPIES = {"list", "dict", "set"}


def _with(node: ast.AST, field: str, value: object) -> ast.AST:
    made = copy.copy(node)
    setattr(made, field, value)
    return made


def _comparison(node: ast.AST) -> Nodes:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _STRICT:
        yield _with(node, "ops", [_STRICT[type(node.ops[0])](), *node.ops[1:]])


def _operator(node: ast.AST) -> Nodes:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _TURNED:
        yield _with(node, "op", _TURNED[type(node.op)]())


def _swapped(node: ast.AST) -> Nodes:
    if isinstance(node, ast.Call) and len(node.args) >= 2:
        yield _with(node, "args", [node.args[1], node.args[0], *node.args[2:]])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.FloorDiv | ast.Mod):
        yield ast.BinOp(node.right, node.op, node.left)


def _either(node: ast.AST) -> Nodes:
    if isinstance(node, ast.BoolOp):
        yield _with(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _initial(node: ast.AST) -> Nodes:
    if not isinstance(node, ast.Assign):
        return
    value = node.value
    if isinstance(value, ast.Constant):
        for other in _near(value.value):
            yield _with(node, "value", ast.Constant(other))
    elif isinstance(value, ast.List | ast.Set) and value.elts:
        none = ast.parse("[]" if isinstance(value, ast.List) else "set()", mode="eval").body
        yield _with(node, "value", none)


def _bound(node: ast.AST) -> Nodes:
    """A bound left out, or the other end taken."""
    if isinstance(node, ast.Slice):
        for name in ("lower", "upper"):
            if getattr(node, name) is not None:
                yield _with(node, name, None)
    elif isinstance(node, ast.Subscript) and ast.unparse(node.slice) in {"0", "-1"}:
        other = ast.Constant(-1 if ast.unparse(node.slice) == "0" else 0)
        yield _with(node, "slice", other)


def _shared(node: ast.AST) -> Nodes:
    """A copy that is none."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _COPIES and len(node.args) == 1:
        yield node.args[0]
    if isinstance(node, ast.ListComp) and ast.unparse(node).startswith("[list("):
        yield node.generators[0].iter


def _exception(node: ast.AST) -> Nodes:
    """Another kind of error, or a value that is missing and not expected to be."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        kind = ast.unparse(node.exc.func)
        if kind in _ERRORS:
            other = _with(node.exc, "func", ast.Name(_ERRORS[kind], ast.Load()))
            yield _with(node, "exc", other)
    got = node.func if isinstance(node, ast.Call) else None
    if isinstance(node, ast.Call) and isinstance(got, ast.Attribute) and got.attr == "get":
        yield ast.Subscript(got.value, node.args[0], ast.Load())
    if isinstance(node, ast.BoolOp) and len(node.values) == 2:
        for place, value in enumerate(node.values):
            if ast.unparse(value).endswith(" is None"):
                yield node.values[1 - place]


def _rounding(node: ast.AST) -> Nodes:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "round":
        yield (
            _with(node, "func", ast.Name("int", ast.Load()))
            if len(node.args) == 1
            else _with(node, "args", node.args[:1])
        )
        yield node.args[0]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
        minus = ast.UnaryOp(ast.USub(), node.left)
        yield ast.UnaryOp(ast.USub(), ast.BinOp(minus, ast.FloorDiv(), node.right))
        if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Add):
            yield ast.BinOp(node.left.left, ast.FloorDiv(), node.right)


def _method(node: ast.AST) -> Nodes:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _METHODS:
            yield _with(node, "func", ast.Name(_METHODS[node.func.id], ast.Load()))
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            yield _with(node, "func", _with(node.func, "attr", _METHODS[node.func.attr]))
        elif ast.unparse(node.func) in {"reversed", "sorted"}:
            yield node.args[0]


MAKERS: Mapping[str, Callable[[ast.AST], Nodes]] = {
    "off by one": _off_by_one,
    "comparison": _comparison,
    "operator": _operator,
    "swapped arguments": _swapped,
    "inverted condition": _either,
    "initial value": _initial,
    "bound": _bound,
    "aliasing": _shared,
    "exception": _exception,
    "rounding": _rounding,
    "function": _method,
}
"""Classes that change an expression; `_others` and `_blocks` know more."""
KINDS = (
    *MAKERS, "variable", "default", "missing guard", "missing statement", "missing jump",
    "order", "early return",
)  # fmt: skip


def _blocks(block: Block, *, first: bool) -> Iterator[tuple[str, Block]]:
    """A block with a statement less, or in another order."""
    begin = 1 if first and isinstance(block[0], ast.Expr) else 0  # behind the docstring
    for place in range(begin, len(block)):
        node, rest = block[place], [*block[:place], *block[place + 1 :]]
        if kind := _missed(node):
            yield kind, rest or [ast.Pass()]
        if place + 1 < len(block) and _plain(node) and _plain(block[place + 1]):
            yield "order", [*block[:place], block[place + 1], node, *block[place + 2 :]]
        if (
            isinstance(node, ast.For | ast.While)
            and isinstance(last := block[-1], ast.Return)
            and len(block) == place + 2
        ):
            made = cast("ast.stmt", _with(node, "body", [*node.body, last]))
            yield "early return", [*block[:place], made]


def _missed(node: ast.stmt) -> str:
    if isinstance(node, ast.If) and not node.orelse:
        return "missing guard" if isinstance(node.body[-1], ast.Return | ast.Raise) else ""
    if isinstance(node, ast.Break | ast.Continue):
        return "missing jump"
    return "missing statement" if isinstance(node, ast.AugAssign | ast.Expr | ast.Delete) else ""


def _plain(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Delete | ast.If)
