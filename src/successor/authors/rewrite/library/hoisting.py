"""What is the same on every turn of a loop is worked out once, above it.

Attributes such as `rows.append` or `math.sqrt`, `len(xs)` and items such as `rows[i]`, of names
that the loop does not bind and items that it does not change, not even by another name or by
handing them to another function. Items are left where a condition stands before them. Where the
loop never turns all of it is worked out too, and may raise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from successor.authors.rewrite.changes import may_change
from successor.authors.rewrite.effects import HARMLESS
from successor.authors.rewrite.patterns import fits
from successor.authors.rewrite.site import Site, names_in, parsed, site_of, text_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """One variant for each expression and each loop."""
    site = site_of(module, function)
    if site is None:
        return
    for loop in _loops(site.node):
        for text in sorted(_steady(site, loop)):
            yield from _hoisted(site, loop, text)


def _loops(node: cst.CSTNode) -> Iterator[cst.For | cst.While]:
    for child in node.children:
        if isinstance(child, cst.For | cst.While):
            yield child
        yield from _loops(child)


def _hoisted(site: Site, loop: cst.For | cst.While, text: str) -> Iterator[cst.Module]:
    name = site.free("".join(c if c.isalnum() else "_" for c in text).strip("_"))
    swap = _Swap(text, name)
    inner: dict[str, cst.CSTNode] = {"body": cast("cst.BaseSuite", loop.body.visit(swap))}
    if isinstance(loop, cst.While):
        inner["test"] = cast("cst.BaseExpression", loop.test.visit(swap))
    line = cast("cst.SimpleStatementLine", parsed(f"{name} = {text}")[0])
    line = line.with_changes(leading_lines=loop.leading_lines)
    new = loop.with_changes(leading_lines=[], **inner)
    node = site.node.visit(_Before(loop, line, new))
    yield from site.with_node(cast("cst.FunctionDef", node))


def _steady(site: Site, loop: cst.For | cst.While) -> set[str]:
    """Expressions of the loop's body that stay as they are."""
    seen = _Seen()
    loop.body.visit(seen)
    if isinstance(loop, cst.While):
        loop.test.visit(seen)
    else:
        seen.bound |= names_in(loop.target)
    return {
        text
        for text, node in seen.candidates.items()
        if not names_in(node) & seen.bound
        and (
            _is_lasting(site, node)
            if isinstance(node, cst.Attribute)
            else not names_in(node) & seen.changed
            and not any(may_change(site, name, loop) for name in names_in(node) - {"len"})
        )
    }


def _is_lasting(site: Site, method: cst.Attribute) -> bool:
    """Whether no class of the module has it, whose methods may put another in its place."""
    classes = [each for each in site.module.body if isinstance(each, cst.ClassDef)]
    return not any(method.attr.value in text_of(each) for each in classes)


_CONDITIONAL = (
    cst.If, cst.IfExp, cst.BooleanOperation, cst.Try, cst.While, cst.For, cst.BaseComp, cst.Lambda,
    cst.FunctionDef, cst.Match,
)  # fmt: skip


class _Seen(cst.CSTVisitor):
    """What a loop binds, changes, and reads."""

    def __init__(self) -> None:
        super().__init__()
        self.bound: set[str] = set()
        self.changed: set[str] = set()
        self.candidates: dict[str, cst.BaseExpression] = {}
        self._conditions = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        self._conditions += isinstance(node, _CONDITIONAL)
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        super().on_leave(original_node)
        self._conditions -= isinstance(original_node, _CONDITIONAL)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._assigned(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._assigned(node.target)

    def visit_For(self, node: cst.For) -> None:
        self.bound |= names_in(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self.bound |= names_in(node.target)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self.bound |= names_in(node.target)

    def visit_Del(self, node: cst.Del) -> None:
        self.changed |= names_in(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self.bound |= names_in(node.name)

    def visit_Param(self, node: cst.Param) -> None:
        self.bound.add(node.name.value)

    def visit_Call(self, node: cst.Call) -> None:
        if not (isinstance(node.func, cst.Name) and node.func.value in HARMLESS):
            self.changed |= {text_of(each.value) for each in node.args}
        if isinstance(node.func, cst.Attribute):
            self.changed |= names_in(node.func)
            if isinstance(node.func.value, cst.Name):
                self.candidates[text_of(node.func)] = node.func
        if fits("len(x_)", node) and isinstance(node.args[0].value, cst.Name):
            self.candidates[text_of(node)] = node

    def visit_Subscript(self, node: cst.Subscript) -> None:
        plain = isinstance(node.value, cst.Name) and len(node.slice) == 1
        if plain and text_of(node.slice[0]).isidentifier() and not self._conditions:
            self.candidates[text_of(node)] = node

    def _assigned(self, target: cst.BaseExpression) -> None:
        whole = isinstance(target, cst.Name | cst.Tuple | cst.List)
        (self.bound if whole else self.changed).update(names_in(target))


class _Swap(cst.CSTTransformer):
    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self._text, self._name = text, name

    def on_leave(self, original_node: object, updated_node: object) -> object:  # type: ignore[override] # any node
        plain = isinstance(original_node, cst.Attribute | cst.Call | cst.Subscript)
        if plain and text_of(original_node) == self._text:
            return cst.Name(self._name)
        return updated_node


class _Before(cst.CSTTransformer):
    def __init__(self, loop: cst.CSTNode, line: cst.CSTNode, new: cst.CSTNode) -> None:
        super().__init__()
        self._loop, self._put = loop, (line, new)

    def on_leave(self, original_node: object, updated_node: object) -> object:  # type: ignore[override] # any node
        return cst.FlattenSentinel(self._put) if original_node is self._loop else updated_node
