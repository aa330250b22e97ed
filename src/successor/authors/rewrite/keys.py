"""Whether values can be keys of a table, as far as hints, literals and operators tell.

Where only what a parameter holds can tell, there is a test for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from successor.authors.rewrite.changes import may_change
from successor.authors.rewrite.site import Site

_PLAIN = {"bool", "bytes", "complex", "float", "int", "str"}
_ROWS = {"list", "List", "tuple", "Tuple", "set", "frozenset", "Sequence", "Iterable", "Collection"}
_KINDS = "{bool, float, int, str}"
_TELLING = {"abs", "bool", "chr", "float", "hash", "int", "len", "ord", "repr", "round", "str"}
"""Builtin functions whose answers are keys."""
_PASSING = {"enumerate", "frozenset", "list", "reversed", "set", "sorted", "tuple"}
"""Builtin functions that pass on the items that they are given."""


@dataclass
class Keys:
    """What the values of a function's expressions can be."""

    site: Site
    rows: str = "{list, str, tuple}"
    """What a parameter has to be for its items to be looked at."""
    _tested: dict[str, None] = field(default_factory=dict[str, None])
    """Parameters that a test has to look at, and with `*` before them those whose items it has."""
    _seen: set[str] = field(default_factory=set[str])

    def are(self, node: cst.BaseExpression) -> bool:  # noqa: PLR0911 - a line for each shape
        """Whether a value is a key whenever the tests are passed."""
        match node:
            case cst.BaseNumber() | cst.BaseString() | cst.Comparison():
                return True
            case cst.Name(value=name):
                return name in {"True", "False", "None"} or self._name(name)
            case cst.Tuple(elements=elements):
                return all(self.are(each.value) for each in elements)
            case (cst.BinaryOperation() | cst.BooleanOperation()) as both:
                return self.are(both.left) and self.are(both.right)
            case cst.UnaryOperation(expression=inner):
                return self.are(inner)
            case cst.IfExp(body=body, orelse=orelse):
                return self.are(body) and self.are(orelse)
            case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index())]):
                return self.items(value)
            case cst.Call(func=cst.Name(value=name)):
                return name in _TELLING - self.site.rebound()
            case _:
                return False

    def items(self, node: cst.BaseExpression) -> bool:
        """Whether all items of a value are keys whenever the tests are passed."""
        match node:
            case cst.BaseString():
                return True
            case cst.Name(value=name) if name in self.site.parameters:
                return self._given(name)
            case cst.Call(func=cst.Name(value=name), args=args):
                if name in self.site.rebound():
                    return False
                return name == "range" or (name in _PASSING and self.items(args[0].value))
            case _:
                return False

    def _name(self, name: str) -> bool:
        """Of a name, all that it is ever bound to."""
        if name in self._seen:
            return True
        self._seen.add(name)
        found = _Bound(name)
        self.site.node.body.visit(found)
        if name in self.site.parameters:
            if self.site.hint(name) not in _PLAIN:
                self._tested[name] = None
        elif not found.values and not found.rows:
            return False
        return (
            not found.other
            and all(map(self.are, found.values))
            and all(map(self.items, found.rows))
        )

    def _given(self, name: str) -> bool:
        """Of a parameter, the items; not when it is given another value, or other items."""
        found = _Bound(name)
        self.site.node.body.visit(found)
        if found.values or found.rows or found.other:
            return False
        if may_change(self.site, name, self.site.node.body):
            return False
        kind, _, inner = self.site.hint(name).partition("[")
        inside = inner.removesuffix("]").split(",")
        hinted = kind in _ROWS and all(each.strip() in {*_PLAIN, "..."} for each in inside)
        hinted = hinted and ("str" in self.rows or not self.site.may_be_text(name))
        if kind != "str" and not hinted:
            self._tested[f"*{name}"] = None
        return True

    def told(self) -> str:
        """What has to be true for all that was asked to be keys; "" when nothing has to."""
        names, tests = list(self._tested), list[str]()
        rows = [f"type({each[1:]})" for each in names if each.startswith("*")]
        if len(rows) == 1:
            tests.append(f"{rows[0]} in {self.rows}")
        elif rows:
            tests.append(f"{{{', '.join(rows)}}} <= {self.rows}")
        if names:
            alone = len(names) == 1
            every = names[0][1:] if alone and rows else f"({', '.join(names)}{',' * alone})"
            tests.append(f"{{*map(type, {every})}} <= {_KINDS}")
        return " and ".join(tests)


class _Bound(cst.CSTVisitor):
    """What a name is bound to: values, items of rows, or something else."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.values: list[cst.BaseExpression] = []
        self.rows: list[cst.BaseExpression] = []
        self.other = False
        self._name = name

    def visit_Assign(self, node: cst.Assign) -> None:
        for each in node.targets:
            self._bind(each.target, node.value, self.values)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self._bind(node.target, node.value, self.values)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._bind(node.target, node.value, self.values)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._bind(node.target, node.value, self.values)

    def visit_For(self, node: cst.For) -> None:
        self._bind(node.target, node.iter, self.rows)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._bind(node.target, node.iter, self.rows)

    def visit_AsName(self, node: cst.AsName) -> None:
        self.other |= self._is_it(node.name)

    def visit_Global(self, node: cst.Global) -> None:
        self.other |= any(each.name.value == self._name for each in node.names)

    def visit_Nonlocal(self, node: cst.Nonlocal) -> None:
        self.other |= any(each.name.value == self._name for each in node.names)

    def visit_MatchAs(self, node: cst.MatchAs) -> None:
        self.other |= node.name is not None and self._is_it(node.name)

    def visit_MatchStar(self, node: cst.MatchStar) -> None:
        self.other |= node.name is not None and self._is_it(node.name)

    def visit_Param(self, node: cst.Param) -> None:
        self.other |= node.name.value == self._name

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.other |= node.name.value == self._name

    def _bind(
        self, target: cst.BaseExpression, value: cst.BaseExpression, to: list[cst.BaseExpression]
    ) -> None:
        match target, value:
            case cst.Name(value=name), _:
                if name == self._name:
                    to.append(value)
            case cst.Tuple(elements=[_, last]), cst.Call(func=cst.Name(value="enumerate")) if (
                self._is_it(last.value)
            ):
                to.append(value)
            case cst.Tuple(elements=names), cst.Tuple(elements=values) if (
                len(names) == len(values) and to is self.values
            ):
                for each, given in zip(names, values, strict=True):
                    self._bind(each.value, given.value, to)
            case cst.Tuple() | cst.List(), _:
                self.other |= any(map(self._is_it, _inside(target)))
            case _:
                pass

    def _is_it(self, node: cst.CSTNode) -> bool:
        return isinstance(node, cst.Name) and node.value == self._name


def _inside(node: cst.BaseExpression) -> Sequence[cst.BaseExpression]:
    if isinstance(node, cst.Tuple | cst.List):
        return [part for each in node.elements for part in _inside(each.value)]
    return [node]
