"""What is only looked through for items becomes a set: a list that only grows, or is built once.

Items that cannot be in a set stay in a list: where hints do not tell what they are, they are
looked at first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from successor.authors.rewrite.keys import Keys
from successor.authors.rewrite.patterns import Rule, applied, fits
from successor.authors.rewrite.site import Site, parsed, site_of, text_of

_BUILTIN = {"list", "map", "set", "str", "tuple", "type"}


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """One variant for each list that only is asked what is in it."""
    site = site_of(module, function)
    if site is None or _BUILTIN & (site.rebound() | set(site.parameters)):
        return
    for name in sorted(site.names() - set(site.parameters)):
        yield from _as_set(site, name)
    for name in site.parameters:
        yield from _looked_up(site, name)


def _as_set(site: Site, name: str) -> Iterator[cst.Module]:
    """A set in the place of a list; where only a test can tell, the one or the other."""
    lists, keys = _Lists(name), Keys(site)
    site.node.visit(lists)
    if lists.made != 1 or not lists.asked or lists.other or not all(map(keys.are, lists.items)):
        return
    test = keys.told()
    names = (site.free("plain"), site.free("add")) if test else None
    node = cast("cst.FunctionDef", site.node.visit(_Lists(name, names, grows=lists.grows)))
    first = parsed(f"{names[0]} = {test}") if names else ()
    place, body = len(site.docstring), cast("cst.IndentedBlock", node.body)
    lines = [*body.body[:place], *first, *body.body[place:]]
    yield from site.with_node(node.with_changes(body=body.with_changes(body=lines)))


def _looked_up(site: Site, name: str) -> Iterator[cst.Module]:
    """A set made of a parameter before a comprehension looks through it again and again."""
    for row in site.parameters if site.free("known") == "known" else ():
        keys = Keys(site, rows="{list, tuple}")  # text is looked through for parts
        if site.hint(name) == "str" or not all(keys.items(cst.Name(each)) for each in (row, name)):
            continue
        test = keys.told()
        known = f"known = set({name}){f' if {test} else {name}' if test else ''}\n"
        for form in ("[e_ for x_ in {0} if x_ in {1}]", "[e_ for x_ in {0} if x_ not in {1}]"):
            line, new = form.format(row, name), form.format(row, "known")
            yield from applied(Rule(f"return {line}", f"{known}return {new}"), site)
            yield from applied(Rule(f"t_ = {line}", f"{known}t_ = {new}"), site)


class _Lists(cst.CSTTransformer):
    """Makes a set of a name's list, and notes whether it is used in another way."""

    def __init__(
        self, name: str, guarded: tuple[str, str] | None = None, *, grows: bool = False
    ) -> None:
        """With the names of the test and of what adds an item, where there is a test."""
        super().__init__()
        self._name, self._guarded, self._grows = name, guarded, grows
        self.made, self.asked, self.other, self.grows = 0, 0, False, False
        self.items: list[cst.BaseExpression] = []
        """All that is put in or looked for."""

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.BaseStatement]:
        match original_node.body:
            case [
                cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)
            ] if name == self._name:
                new = self._set(value)
            case _:
                return updated_node
        if new is None:
            return updated_node
        self.made += 1
        lines = list(parsed(f"{name} = {new}"))
        lines[0] = lines[0].with_changes(leading_lines=updated_node.leading_lines)
        if self._guarded and self._grows:
            test, add = self._guarded
            lines += parsed(f"{add} = {name}.add if {test} else {name}.append")
        return cst.FlattenSentinel(lines)

    def _set(self, value: cst.BaseExpression) -> str | None:
        text = text_of(value)
        if isinstance(value, cst.ListComp):
            self.items.append(value.elt)
            new = f"{{{text[1:-1]}}}"
        elif text in ("[]", "list()"):
            new = "set()"
        else:
            return None
        return f"{new} if {self._guarded[0]} else {text}" if self._guarded else new

    def visit_Assign(self, node: cst.Assign) -> bool:
        # The name on the left is no use of the list.
        for target in node.targets:
            if not isinstance(target.target, cst.Name):
                target.visit(self)
        return True

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:
        return not isinstance(node.target, cst.Name)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        bound = fits(f"{self._name}.append(x_)", original_node)
        if bound is None:
            return updated_node
        self.items.append(original_node.args[0].value)
        self.grows = True
        add = self._guarded[1] if self._guarded else f"{self._name}.add"
        return updated_node.with_changes(func=cst.parse_expression(add))

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return text_of(node) != f"{self._name}.append"

    def visit_Comparison(self, node: cst.Comparison) -> None:
        parts = [node.left, *(each.comparator for each in node.comparisons)]
        self.items += [
            left
            for left, each in zip(parts, node.comparisons, strict=False)
            if text_of(each.comparator) == self._name
        ]

    def visit_ComparisonTarget(self, node: cst.ComparisonTarget) -> bool:
        looked = isinstance(node.operator, cst.In | cst.NotIn)
        asked = looked and text_of(node.comparator) == self._name
        self.asked += asked
        return not asked

    def visit_Name(self, node: cst.Name) -> None:
        self.other |= node.value == self._name
