"""When two variants are the same program but for how it is written.

Used to turn a variant away before it costs a screening. Local names, comments, annotations, the
order of factors and terms and the direction of a comparison make no difference; neither does
`x + 0`, `x * 1`, or a sum of constants.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from hashlib import sha256
from typing import cast

from successor.authors.evolve.kinds import Names, kind_of, names_in
from successor.authors.regions import Function

_FOLDED: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_LARGEST = 1e9
"""Constants beyond it are not folded: a fold must stay cheap and exact."""


def normal_form(text: str, names: Names) -> str:
    """A digest that is the same for variants which differ in writing only.

    Args:
        names: the names that the region can use, with their kinds; they keep their spelling.
    """
    tree: ast.AST = ast.parse(text)
    tree = _Plain(names_in(tree, names)).visit(tree)
    spelled: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id not in names:
            spelled.setdefault(node.id, f"local{len(spelled)}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = spelled.get(node.id, node.id)
    return sha256(ast.dump(tree).encode()).hexdigest()


def tidy(tree: ast.Module) -> ast.Module:
    """Without what can make no difference: statements after a return, choices between equals."""
    return ast.fix_missing_locations(_Tidy().visit(tree))


class _Tidy(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                block[:] = _reached(cast("list[ast.stmt]", block))
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return node.body if ast.dump(node.body) == ast.dump(node.orelse) else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        node.values = list({ast.dump(value): value for value in node.values}.values())
        return node if len(node.values) > 1 else node.values[0]


def _reached(block: list[ast.stmt]) -> list[ast.stmt]:
    """The statements up to the first that leaves the block."""
    leaves = [
        n
        for n, s in enumerate(block)
        if isinstance(s, ast.Return | ast.Raise | ast.Break | ast.Continue)
    ]
    return block[: leaves[0] + 1] if leaves else block


class _Plain(ast.NodeTransformer):
    """Rewrites every expression into its plainest form, from the inside out."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node.left, node.op, node.right:
            case (left, ast.Add() | ast.Sub(), ast.Constant(value=0)):
                return left if self._is_number(left) else node
            case (left, ast.Mult() | ast.Div() | ast.Pow(), ast.Constant(value=1)):
                return left if self._is_number(left) else node
            case (ast.Constant(value=int() | float() as a), op, ast.Constant(value=b)) if (
                isinstance(b, int | float)
            ):
                return _folded(node, a, op, b)
            case (_, ast.Add() | ast.Mult(), _):
                return self._sorted(node)
            case _:
                return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.UnaryOp(op=ast.USub(), operand=inner)):
                return inner
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return ast.Constant(-value)
            case _:
                return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        mirrored = _MIRRORED.get(type(node.ops[0]))
        if len(node.ops) == 1 and mirrored is not None:
            return ast.Compare(node.comparators[0], [mirrored()], [node.left])
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Function:
        self.generic_visit(node)
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        node.returns = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value is not None else node

    def _sorted(self, node: ast.BinOp) -> ast.expr:
        """Terms or factors in one order; only of numbers: sequences do not commute."""
        if not (self._is_number(node.left) and self._is_number(node.right)):
            return node
        left, right = sorted((node.left, node.right), key=ast.dump)
        # A constant last: `0 + x` is then seen to be `x`.
        if isinstance(left, ast.Constant):
            left, right = right, left
        plain = ast.BinOp(left, node.op, right)
        identity = 0 if isinstance(node.op, ast.Add) else 1
        is_identity = isinstance(right, ast.Constant) and right.value == identity
        return left if is_identity else plain

    def _is_number(self, node: ast.expr) -> bool:
        return kind_of(node, self.names) in ("number", "truth")


def _folded(node: ast.BinOp, a: float, op: ast.operator, b: float) -> ast.expr:
    fold = _FOLDED.get(type(op))
    if fold is None or max(abs(a), abs(b)) > _LARGEST:
        return node
    return ast.Constant(fold(a, b))
