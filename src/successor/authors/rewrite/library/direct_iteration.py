"""`for i in range(len(xs))` goes through the items themselves, with their numbers if needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from successor.authors.rewrite.changes import may_change
from successor.authors.rewrite.effects import HARMLESS
from successor.authors.rewrite.patterns import fits
from successor.authors.rewrite.site import Site, names_in, site_of, text_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """One variant for each such loop, or part of a comprehension."""
    site = site_of(module, function)
    if site is None:
        return
    finder = _Loops()
    site.node.visit(finder)
    for loop in finder.found:
        new = _direct(loop, site)
        if new is not None:
            node = site.node.deep_replace(loop, new)
            yield from site.with_node(cast("cst.FunctionDef", node))


class _Loops(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[cst.For] = []

    def visit_For(self, node: cst.For) -> None:
        self.found.append(node)


def _direct(loop: cst.For, site: Site) -> cst.For | None:
    match loop.target, fits("range(len(xs_))", loop.iter):
        case cst.Name(value=index), {"xs_": (cst.Name(value=items),)}:
            pass
        case _:
            return None
    body = loop.body
    item = site.free("item")
    uses = _Items(items, index, item)
    new = cast("cst.BaseSuite", body.visit(uses))
    outside = names_in(cast("cst.FunctionDef", site.node.deep_replace(loop, cst.Pass())))
    if uses.wrong or not uses.count or index in outside or may_change(site, items, body):
        return None
    if index in names_in(new):
        target, source = f"{index}, {item}", f"enumerate({items})"
    else:
        target, source = item, items
    head = cast("cst.For", cst.parse_statement(f"for {target} in {source}:\n    pass\n"))
    return loop.with_changes(target=head.target, iter=head.iter, body=new)


class _Items(cst.CSTTransformer):
    """Puts a name in the place of `items[index]`; wrong when the items change meanwhile."""

    def __init__(self, items: str, index: str, item: str) -> None:
        super().__init__()
        self._items, self._index, self._item = items, index, item
        self.count, self.wrong = 0, False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._changed(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._changed(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._changed(node.target)

    def visit_Del(self, node: cst.Del) -> None:
        self._changed(node.target)

    def visit_Call(self, node: cst.Call) -> None:
        self.wrong |= text_of(node.func).startswith(f"{self._items}.")
        if not (isinstance(node.func, cst.Name) and node.func.value in HARMLESS):
            self.wrong |= any(text_of(each.value) == self._items for each in node.args)

    def _changed(self, target: cst.BaseExpression) -> None:
        names = names_in(target)
        whole = isinstance(target, cst.Name | cst.Tuple | cst.List)
        self.wrong |= self._items in names or (whole and self._index in names)

    def leave_Subscript(
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        if text_of(original_node) != f"{self._items}[{self._index}]":
            return updated_node
        self.count += 1
        return cst.Name(self._item)
