"""The ways through a body of statements, read with `ast`: guards first, what they leave last."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar, cast

Node = TypeVar("Node", bound=ast.AST)
_OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


def ends(block: Sequence[ast.stmt]) -> bool:
    """Whether nothing after the block is reached from it."""
    match block:
        case [*_, ast.Return() | ast.Raise() | ast.Continue()]:
            return True
        case [*_, ast.If(body=body, orelse=orelse)]:
            return ends(body) and ends(orelse)
        case _:
            return False


def flat(block: Sequence[ast.stmt], name: str) -> list[ast.stmt]:
    """The same with every branch that ends in a guard of its own, without `else`, and with what
    calls `name` as far down as it can be.
    """
    match block:
        case [*before, ast.Return(value=ast.IfExp(test, body, orelse))]:
            branch = ast.If(test, [ast.Return(body)], [])
            return flat([*before, branch, ast.Return(orelse)], name)
        case [ast.If(test, body, orelse), *rest] if ends(body):
            after = [*orelse, *rest]
            if any(calls_of(body, name)) and not any(calls_of(after, name)) and ends(after):
                return [ast.If(negated(test), after, []), *flat(body, name)]
            return [ast.If(test, body, []), *flat(after, name)]
        case [first, *rest]:
            return [first, *flat(rest, name)]
        case _:
            return []


def negated(test: ast.expr) -> ast.expr:
    """The opposite of a condition."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Compare(left, [op], right) if type(op) in _OPPOSITE:
            return ast.Compare(left, [_OPPOSITE[type(op)]()], right)
        case _:
            return ast.UnaryOp(ast.Not(), test)


def assigned(
    block: Sequence[ast.stmt], give: Callable[[ast.expr], ast.stmt]
) -> list[ast.stmt] | None:
    """The block with what it returns given to `give` instead; None when that cannot be done."""
    match block:
        case [ast.Return(value=ast.expr() as value), *_]:
            return [give(value)]
        case [ast.Raise() as last, *_]:
            return [last]
        case [ast.If(test, body, orelse), *rest]:
            yes = assigned(body if ends(body) else [*body, *rest], give)
            no = assigned([*orelse, *rest], give)
            return None if yes is None or no is None else [ast.If(test, yes, no)]
        case [first, *rest] if not any(isinstance(part, ast.Return) for part in ast.walk(first)):
            after = assigned(rest, give)
            return None if after is None else [copy.deepcopy(first), *after]
        case _:
            return None


def calls_of(nodes: Sequence[ast.AST], name: str) -> Iterator[ast.Call]:
    """Calls of that name."""
    for part in (part for each in nodes for part in ast.walk(each)):
        match part:
            case ast.Call(func=ast.Name(id=called)) if called == name:
                yield part
            case _:
                pass


def swapped(node: Node, swap: Callable[[ast.AST], ast.AST | None]) -> Node:
    """A copy in which every node for which `swap` has another one is that one. Others are looked
    into, from the outside in.
    """

    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            other = swap(node)
            return self.generic_visit(node) if other is None else other

    return cast("Node", Swap().visit(copy.deepcopy(node)))


def expr(text: str) -> ast.expr:
    """An expression from its text."""
    return ast.parse(text, mode="eval").body


def told(nodes: Sequence[ast.AST]) -> str:
    """Statements as they are written, one below the other."""
    return "\n".join(ast.unparse(node) for node in nodes)
