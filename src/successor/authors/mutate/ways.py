"""What may stand in the place of a node, by its kind."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_COMPARED: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE, ast.NotEq),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt, ast.Eq),
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE, ast.NotEq),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt, ast.Eq),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq, ast.Lt, ast.Gt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot, ast.Eq),
    ast.IsNot: (ast.Is, ast.NotEq),
}
_COMBINED: Mapping[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mod),
    ast.Mult: (ast.Add, ast.Div, ast.Pow),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Div, ast.Mod),
    ast.Mod: (ast.FloorDiv, ast.Sub),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr, ast.BitXor),
    ast.BitOr: (ast.BitAnd, ast.BitXor),
    ast.BitXor: (ast.BitAnd, ast.BitOr),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
_CONFUSED = {
    name: other
    for pair in (
        ("min", "max"), ("any", "all"), ("append", "extend"), ("lower", "upper"),
        ("lstrip", "rstrip"), ("lstrip", "strip"), ("rstrip", "strip"), ("floor", "ceil"),
        ("startswith", "endswith"), ("keys", "values"), ("find", "rfind"), ("split", "rsplit"),
        ("add", "discard"), ("union", "intersection"), ("str", "int"), ("int", "float"),
        ("list", "tuple"), ("sorted", "list"), ("index", "rindex"), ("keys", "items"),
    )
    for name, other in (pair, pair[::-1])
}  # fmt: skip
"""Names that are taken for one another; of several the last."""


@dataclass(frozen=True)
class Way:
    """What is put in the place of a node."""

    node: ast.expr | ast.stmt | ast.Module
    told: str
    rank: int
    """0 is likeliest."""


def ways_of(node: ast.expr | ast.stmt, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    """All that may stand in a node's place."""
    if _is_said(node, parents):
        return
    for kind, make in _WAYS:
        if isinstance(node, kind):
            yield from make(node, parents)


def _is_said(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether it is part of a docstring, a type or a default's place that no repair is for."""
    above = parents.get(node)
    if isinstance(above, ast.Expr) and isinstance(node, ast.Constant):
        return True
    while above is not None and not isinstance(above, ast.stmt):
        node, above = above, parents.get(above)
    if isinstance(above, ast.AnnAssign):
        return node is above.annotation
    if isinstance(above, ast.FunctionDef):
        return node is above.returns or isinstance(node, ast.arguments)
    return isinstance(above, ast.Import | ast.ImportFrom)


def _comparison(node: ast.Compare, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    for place, operator in enumerate(node.ops):
        for other in _COMPARED[type(operator)]:
            made = copy.deepcopy(node)
            made.ops[place] = other()
            yield Way(made, f"compares by {other.__name__}, not {type(operator).__name__}", 0)


def _operator(node: ast.BinOp, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    for other in _COMBINED.get(type(node.op), ()):
        told = f"{other.__name__} in place of {type(node.op).__name__}"
        yield Way(ast.BinOp(node.left, other(), node.right), told, 1)
    if not isinstance(node.op, ast.Add | ast.Mult):
        yield Way(ast.BinOp(node.right, node.op, node.left), "turns the operands round", 2)
    yield Way(node.left, "leaves out the right operand", 4)
    yield Way(node.right, "leaves out the left operand", 4)


def _assigned(node: ast.AugAssign, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    for other in _COMBINED.get(type(node.op), ()):
        told = f"{other.__name__} in place of {type(node.op).__name__}"
        yield Way(ast.AugAssign(node.target, other(), node.value), told, 1)
    if isinstance(node.target, ast.Name):
        yield Way(ast.Assign([node.target], node.value, lineno=0), "assigns, adds nothing", 3)


def _connective(node: ast.BoolOp, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield Way(ast.BoolOp(other, node.values), f"{type(other).__name__} in place of the other", 0)
    for place in range(len(node.values)):
        rest = [each for at, each in enumerate(node.values) if at != place]
        made = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield Way(made, "leaves out a condition", 3)


def _negation(node: ast.UnaryOp, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield Way(node.operand, "without the negation", 1)


def _condition(node: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    above = parents[node]
    tested = isinstance(above, ast.If | ast.While | ast.IfExp) and above.test is node
    if tested and not isinstance(node, ast.Compare | ast.UnaryOp):
        yield Way(ast.UnaryOp(ast.Not(), node), "negates the condition", 2)


def _constant(node: ast.Constant, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    value = node.value
    if isinstance(value, bool):
        yield Way(ast.Constant(not value), f"{not value} in place of {value}", 1)
    elif isinstance(value, int):
        for other in dict.fromkeys((value + 1, value - 1, 0, 1, -value, 2, 10 * value)):
            if other != value:
                yield Way(ast.Constant(other), f"{other} in place of {value}", 1)
    elif isinstance(value, float):
        for other in dict.fromkeys((float(round(value)), -value, value / 10, value * 10, 0.0, 1.0)):
            if other != value:
                yield Way(ast.Constant(other), f"{other} in place of {value}", 2)
    elif isinstance(value, str) and len(value) <= 1:
        for text in ("", " ", ",", "\n"):
            if text != value:
                yield Way(ast.Constant(text), f"{text!r} in place of {value!r}", 3)


def _off_by_one(node: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    """Bounds of ranges and slices, indices, sides of comparisons, and what is returned."""
    above = parents[node]
    bound = isinstance(above, ast.Slice | ast.Compare | ast.Return)
    bound |= isinstance(above, ast.Subscript) and above.slice is node
    bound |= isinstance(above, ast.Call) and node in above.args and _is_range(above)
    if bound and not isinstance(node, ast.Slice | ast.Constant | ast.Compare | ast.BoolOp):
        yield Way(ast.BinOp(node, ast.Add(), ast.Constant(1)), "one more", 1)
        yield Way(ast.BinOp(node, ast.Sub(), ast.Constant(1)), "one less", 1)


def _is_range(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "range"


def _call(node: ast.Call, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    for place in range(len(node.args) - 1):
        made = copy.deepcopy(node)
        made.args[place : place + 2] = made.args[place : place + 2][::-1]
        yield Way(made, "turns two arguments round", 2)
    if len(node.args) == 1 and not node.keywords and isinstance(node.func, ast.Name):
        yield Way(node.args[0], f"without {node.func.id}", 4)
    if _is_range(node) and len(node.args) == 1:
        for start in (0, 1, 2):
            made = ast.Call(node.func, [ast.Constant(start), *node.args], [])
            if start:
                yield Way(made, f"begins at {start}", 2)


def _name(node: ast.Name, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    if not isinstance(node.ctx, ast.Load):
        return
    if node.id in _CONFUSED:
        yield Way(ast.Name(_CONFUSED[node.id]), f"{_CONFUSED[node.id]}, not {node.id}", 1)
    for name in _local(node, parents):
        if name != node.id:
            yield Way(ast.Name(name), f"{name} in place of {node.id}", 3)


def _attribute(node: ast.Attribute, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    if node.attr in _CONFUSED:
        other = _CONFUSED[node.attr]
        yield Way(ast.Attribute(node.value, other), f"{other}, not {node.attr}", 1)


def _local(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> list[str]:
    """The names that the function around a node has of its own."""
    while node in parents and not isinstance(node, ast.FunctionDef):
        node = parents[node]
    if not isinstance(node, ast.FunctionDef):
        return []
    given = [each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)]
    made = [
        each.id for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]  # fmt: skip
    return [*dict.fromkeys([*given, *made])]


def _returned(node: ast.Return, parents: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    for name in _local(node, parents):
        if ast.dump(node.value or ast.Constant(None)) != ast.dump(ast.Name(name, ast.Load())):
            yield Way(ast.Return(ast.Name(name)), f"returns {name}", 3)
    if node.value is not None:
        for value in (None, True, False, 0):
            yield Way(ast.Return(ast.Constant(value)), f"returns {value}", 4)
        for function in ("abs", "sorted", "list", "len", "sum", "int", "float", "str", "set"):
            made = ast.Call(ast.Name(function), [node.value], [])
            yield Way(ast.Return(made), f"returns {function} of it", 4)


def _loop_control(node: ast.stmt, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    other = ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    yield Way(other, f"{type(other).__name__.lower()} in place of the other", 2)


def _late_return(node: ast.For | ast.While, _: Mapping[ast.AST, ast.AST]) -> Iterator[Way]:
    """A return that ends the first round, put behind the loop."""
    if len(node.body) > 1 and isinstance(node.body[-1], ast.Return) and not node.orelse:
        made = copy.deepcopy(node)
        last = made.body.pop()
        yield Way(ast.Module([made, last], []), "returns after the loop", 1)


_WAYS: tuple[tuple[type | tuple[type, ...], Callable[..., Iterator[Way]]], ...] = (
    (ast.Compare, _comparison),
    (ast.BinOp, _operator),
    (ast.AugAssign, _assigned),
    (ast.BoolOp, _connective),
    (ast.UnaryOp, _negation),
    (ast.expr, _condition),
    (ast.Constant, _constant),
    (ast.expr, _off_by_one),
    (ast.Call, _call),
    (ast.Name, _name),
    (ast.Attribute, _attribute),
    (ast.Return, _returned),
    ((ast.Break, ast.Continue), _loop_control),
    ((ast.For, ast.While), _late_return),
)
