"""Whether code may be worked out less often, more often, or where it was not before."""

from __future__ import annotations

import builtins
import re
from functools import lru_cache

import libcst as cst

_RISKY_OPERATORS = (
    cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power, cst.LeftShift, cst.RightShift,
    cst.MatrixMultiply,
)  # fmt: skip
_RISKY = (
    cst.Attribute, cst.Subscript, cst.NamedExpr, cst.Yield, cst.Await, cst.Raise, cst.Del,
    cst.Assert,
)  # fmt: skip
HARMLESS = frozenset(
    {"abs", "bool", "float", "int", "isinstance", "len", "max", "min", "range", "sum"}
)
"""Builtin functions that change nothing."""
_TOTAL = HARMLESS - {"float", "int"}


def is_total(*nodes: cst.CSTNode, function: str = "") -> bool:
    """Whether working nodes out changes nothing, and raises nothing but for wrong types.

    Args:
        function: whose calls, and items of what it is given, count as harmless.
    """
    found = _Risks(function)
    for node in nodes:
        node.visit(found)
    return not found.any


class _Risks(cst.CSTVisitor):
    def __init__(self, function: str) -> None:
        super().__init__()
        self.any = False
        self._function = function

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Subscript) and self._function:
            return True
        if isinstance(node, cst.BinaryOperation):
            self.any |= isinstance(node.operator, _RISKY_OPERATORS) and not _by_literal(node)
        elif isinstance(node, cst.AugAssign):
            self.any = True
        elif isinstance(node, cst.Call):
            known = {*_TOTAL, self._function}
            self.any |= not (isinstance(node.func, cst.Name) and node.func.value in known)
        else:
            self.any |= isinstance(node, _RISKY)
        return not self.any


def _by_literal(node: cst.BinaryOperation) -> bool:
    """Whether it divides by a number that is not 0, or takes a power that is a number."""
    right = node.right
    if not isinstance(right, cst.Integer):
        return False
    dividing = isinstance(node.operator, cst.FloorDivide | cst.Modulo | cst.Power)
    return dividing and int(right.value, 0) != 0


def ends_early(*nodes: cst.CSTNode) -> bool:
    """Whether statements of a loop may leave it before its end."""
    found = _Exits()
    for node in nodes:
        node.visit(found)
    return found.any


class _Exits(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.any = False

    def visit_Break(self, node: cst.Break) -> None:
        self.any = True

    def visit_Return(self, node: cst.Return) -> None:
        self.any = True

    def visit_Raise(self, node: cst.Raise) -> None:
        self.any = True

    def visit_Yield(self, node: cst.Yield) -> None:
        self.any = True


@lru_cache(maxsize=1024)
def builtins_in(*texts: str) -> frozenset[str]:
    """The builtin functions that some patterns name."""
    names = {name for text in texts for name in re.findall(r"(?<!\.)\b[a-z]+\b", text)}
    return frozenset(names & _BUILTINS)


_BUILTINS = frozenset(dir(builtins))
