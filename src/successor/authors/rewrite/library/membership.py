"""What is only looked through for items becomes a set: a list that only grows, or is built once.

Items that cannot be in a set raise TypeError, where a list would have compared them.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.patterns import Rule, applied, fits
from successor.authors.rewrite.site import Site, site_of, text_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """One variant for each list that only is asked what is in it."""
    site = site_of(module, function)
    if site is None:
        return
    for name in sorted(site.names() - set(site.parameters)):
        lists = _Lists(name)
        node = site.node.visit(lists)
        if (
            lists.made == 1
            and lists.asked
            and not lists.other
            and isinstance(node, cst.FunctionDef)
        ):
            yield from site.with_node(node)
    for name in site.parameters:
        yield from _looked_up(site, name)


def _looked_up(site: Site, name: str) -> Iterator[cst.Module]:
    """A set made of a parameter before a comprehension looks through it again and again."""
    for form in ("[e_ for x_ in xs_ if x_ in {0}]", "[e_ for x_ in xs_ if x_ not in {0}]"):
        line = form.format(name)
        new = form.format("known")
        if site.free("known") == "known":
            after = f"known = set({name})\n"
            yield from applied(Rule(f"return {line}", f"{after}return {new}"), site)
            yield from applied(Rule(f"t_ = {line}", f"{after}t_ = {new}"), site)


class _Lists(cst.CSTTransformer):
    """Makes a set of a name's list, and notes whether it is used in another way."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.made, self.asked, self.other = 0, 0, False

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        match original_node:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) if (
                name == self._name
            ):
                pass
            case _:
                return updated_node
        text = text_of(original_node.value)
        comprehension = isinstance(original_node.value, cst.ListComp)
        if text not in ("[]", "list()") and not comprehension:
            return updated_node
        self.made += 1
        value = updated_node.value
        new = f"{{{text_of(value)[1:-1]}}}" if comprehension else "set()"
        return updated_node.with_changes(
            targets=original_node.targets, value=cst.parse_expression(new)
        )

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
        return updated_node.with_changes(func=cst.parse_expression(f"{self._name}.add"))

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return text_of(node) != f"{self._name}.append"

    def visit_ComparisonTarget(self, node: cst.ComparisonTarget) -> bool:
        looked = isinstance(node.operator, cst.In | cst.NotIn)
        asked = looked and text_of(node.comparator) == self._name
        self.asked += asked
        return not asked

    def visit_Name(self, node: cst.Name) -> None:
        self.other |= node.value == self._name
