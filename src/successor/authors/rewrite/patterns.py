"""Rewrites that are told by example: Python before, Python after.

In a pattern a name that ends in `_` stands for any expression, the same one wherever it occurs
again; a statement that is such a name with `__` stands for any statements, also for none. What
is left to the reader of Python, such as blanks, comments and parentheses, makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TypeAlias, cast

import libcst as cst

from successor.authors.rewrite.effects import builtins_in, is_total
from successor.authors.rewrite.site import (
    Site,
    Statement,
    names_in,
    needs_parentheses,
    parsed,
    site_of,
    text_of,
)

Bound: TypeAlias = Mapping[str, tuple[cst.CSTNode, ...]]
"""What the names of a pattern stand for: one expression, or statements."""
Variants: TypeAlias = Callable[[cst.Module, str], Iterator[cst.Module]]
_LAYOUT = frozenset(
    [
        "lpar",
        "rpar",
        "comma",
        "semicolon",
        "leading_lines",
        "header",
        "footer",
        "indent",
        "equal",
        "lines_after_decorators",
        "trailing_whitespace",
        "encoding",
        "parens",
    ]
)


@dataclass(frozen=True)
class Found:
    """A place where a pattern fits."""

    site: Site
    nodes: tuple[cst.CSTNode, ...]
    bound: Bound

    def text(self, name: str) -> str:
        """What a name of the pattern stands for."""
        return text_of(*self.bound[name])

    def names(self, name: str) -> set[str]:
        """The names that occur in what a name of the pattern stands for."""
        return names_in(*self.bound[name])

    def is_name(self, name: str) -> bool:
        """Whether it stands for a plain name."""
        return isinstance(self.bound[name][0], cst.Name)

    def is_local(self, name: str) -> bool:
        """Whether what is bound by it occurs nowhere else in the function."""
        around = self.site.node.visit(_Without(self.nodes))
        return not self.names(name) & names_in(cast("cst.FunctionDef", around))

    def is_used_once(self, name: str) -> bool:
        """Whether nothing else of the function's body has a name of what it stands for."""
        around = self.site.node.body.visit(_Without(self.nodes))
        return not self.names(name) & names_in(cast("cst.BaseSuite", around))

    def are_apart(self, one: str, other: str) -> bool:
        """Whether two of them have no name in common."""
        return not self.names(one) & self.names(other)

    def is_plain(self, name: str) -> bool:
        """Whether it stands for a name or a literal: worked out once or often, never, or in
        another order, it is the same.
        """
        return isinstance(
            self.bound[name][0], cst.Name | cst.Integer | cst.Float | cst.SimpleString
        )

    def is_total(self, name: str) -> bool:
        """Whether working it out changes nothing, and raises nothing but for wrong types."""
        return is_total(*self.bound[name])


def always(_: Found) -> bool:
    """The condition of a rule that needs none."""
    return True


@dataclass(frozen=True)
class Rule:
    """One rewrite by example."""

    before: str
    after: str
    imports: tuple[str, ...] = ()
    above: str = ""
    """The text of a helper function, if it takes one."""
    when: Callable[[Found], bool] = always
    local: tuple[str, ...] = ()
    """Names of the pattern that must occur nowhere else in the function."""
    apart: tuple[str, ...] = ()
    """Pairs such as "x_ xs_" that must have no name in common."""

    plain: tuple[str, ...] = ()
    """Names of the pattern that must stand for names or literals."""

    def holds(self, found: Found) -> bool:
        """Whether all conditions are met, and the builtins of both sides are what they seem."""
        pairs = [pair.split() for pair in self.apart]
        return (
            not builtins_in(self.before, self.after) & found.site.rebound()
            and all(found.is_plain(name) for name in self.plain)
            and all(found.is_local(name) for name in self.local)
            and all(found.are_apart(one, other) for one, other in pairs)
            and self.when(found)
        )


def by_rules(*rules: Rule) -> Variants:
    """A rewrite made of rules: a variant for each rule and each place where it fits."""

    def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
        site = site_of(module, function)
        for rule in rules if site else ():
            yield from applied(rule, cast("Site", site))

    return variants


def applied(rule: Rule, site: Site) -> Iterator[cst.Module]:
    """The module with one place changed, for each place where the rule fits."""
    expression = _expression(rule.before)
    places = _expressions(expression, site) if expression else _windows(_pattern(rule.before), site)
    for found in places:
        if rule.holds(found):
            filled = _filled(rule.after, found.bound, is_expression=expression is not None)
            node = site.node.visit(_Exchange(found.nodes, filled))
            yield from site.with_node(
                cast("cst.FunctionDef", node), *rule.imports, before=rule.above
            )


def fits(pattern: str, node: cst.CSTNode) -> Bound | None:
    """What the names of a pattern, an expression, stand for in another; None if it does not fit."""
    bound = dict[str, tuple[cst.CSTNode, ...]]()
    return bound if _match(_operand(pattern), node, bound) else None


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Sequence[Statement]:
    return parsed(text)


@lru_cache(maxsize=1024)
def _operand(text: str) -> cst.BaseExpression:
    return cst.parse_expression(text)


@lru_cache(maxsize=1024)
def _expression(text: str) -> cst.BaseExpression | None:
    match parsed(text):
        case [cst.SimpleStatementLine(body=[cst.Expr(value=value)])]:
            return value
        case _:
            return None


def _expressions(pattern: cst.BaseExpression, site: Site) -> Iterator[Found]:
    for node in walked(site.node.body):
        bound = dict[str, tuple[cst.CSTNode, ...]]()
        if isinstance(node, cst.BaseExpression) and _match(pattern, node, bound):
            yield Found(site, (node,), bound)


def _windows(patterns: Sequence[Statement], site: Site) -> Iterator[Found]:
    """Within `try`, what is half done when something is raised is seen: nothing fits there."""
    tried = {each for node in walked(site.node) if isinstance(node, cst.Try)
             for each in walked(node.body)}  # fmt: skip
    for node in walked(site.node):
        if not isinstance(node, cst.IndentedBlock) or node in tried:
            continue
        for start in range(len(node.body) - len(patterns) + 1):
            window = node.body[start : start + len(patterns)]
            bound = dict[str, tuple[cst.CSTNode, ...]]()
            if _match_all(patterns, window, bound):
                yield Found(site, tuple(window), bound)


@lru_cache(maxsize=64)
def walked(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """A node and all below it, but for what is only layout; kept, as every rule asks for it."""
    found, waiting = list[cst.CSTNode](), [node]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += reversed(list(_below(node)))
    return tuple(found)


def _below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for name in _parts(type(node)):
        part = getattr(node, name)
        if isinstance(part, cst.CSTNode):
            yield part
        elif isinstance(part, list | tuple):
            yield from cast("Sequence[cst.CSTNode]", part)


@lru_cache(maxsize=256)
def _parts(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node that are more than layout."""
    names = (field.name for field in fields(cast("type[cst.Name]", kind)))
    return tuple(n for n in names if not (n in _LAYOUT or n.startswith("whitespace")))


def _match(pattern: object, node: object, bound: dict[str, tuple[cst.CSTNode, ...]]) -> bool:
    if isinstance(pattern, cst.Name) and pattern.value.endswith("_"):
        return isinstance(node, cst.BaseExpression) and _bind(pattern.value, (node,), bound)
    if isinstance(pattern, list | tuple):
        return isinstance(node, list | tuple) and _match_all(
            cast("Sequence[object]", pattern), cast("Sequence[object]", node), bound
        )
    if not isinstance(pattern, cst.CSTNode):
        return pattern == node
    if type(pattern) is not type(node):
        return False
    return all(
        _match(getattr(pattern, name), getattr(node, name), bound) for name in _parts(type(pattern))
    )


def _match_all(
    patterns: Sequence[object], nodes: Sequence[object], bound: dict[str, tuple[cst.CSTNode, ...]]
) -> bool:
    if not patterns:
        return not nodes
    name = _stands_for_statements(patterns[0])
    if not name:
        first = bool(nodes) and _match(patterns[0], nodes[0], bound)
        return first and _match_all(patterns[1:], nodes[1:], bound)
    for length in range(len(nodes), -1, -1):
        trial = dict(bound)
        taken = cast("Sequence[cst.CSTNode]", nodes[:length])
        if _bind(name, tuple(taken), trial) and _match_all(patterns[1:], nodes[length:], trial):
            bound.update(trial)
            return True
    return False


def _stands_for_statements(pattern: object) -> str:
    match pattern:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Name(value=name))]):
            return name if name.endswith("__") else ""
        case _:
            return ""


def _bind(
    name: str, nodes: tuple[cst.CSTNode, ...], bound: dict[str, tuple[cst.CSTNode, ...]]
) -> bool:
    if name not in bound:
        bound[name] = nodes
        return True
    return _plain(bound[name]) == _plain(nodes)


def _plain(nodes: tuple[cst.CSTNode, ...]) -> str:
    return "".join(text_of(*nodes).split())


def _filled(text: str, bound: Bound, *, is_expression: bool) -> Sequence[cst.CSTNode]:
    template = (
        cst.Module(cast("Sequence[cst.SimpleStatementLine]", parsed(text)))
        .visit(_Filling(bound))
        .visit(_Tidying())
    )
    if not is_expression:
        return template.body
    line = cast("cst.SimpleStatementLine", template.body[0])
    value = cast("cst.Expr", line.body[0]).value
    if needs_parentheses(value):
        value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return [value]


class _Filling(cst.CSTTransformer):
    """Puts what names stand for in their place."""

    def __init__(self, bound: Bound) -> None:
        super().__init__()
        self._bound = bound

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        nodes = self._bound.get(updated_node.value)
        if nodes is None or not isinstance(nodes[0], cst.BaseExpression):
            return updated_node
        if needs_parentheses(nodes[0]):
            return nodes[0].with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return nodes[0]

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.BaseStatement]:
        name = _stands_for_statements(original_node)
        if not name:
            return updated_node
        return cst.FlattenSentinel(cast("Sequence[Statement]", self._bound[name]))


class _Tidying(cst.CSTTransformer):
    """Takes away the parentheses that filling put where nothing can come apart."""

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(value=_bare(updated_node.value))

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:
        value = updated_node.value
        return updated_node if value is None else updated_node.with_changes(value=_bare(value))

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        return updated_node.with_changes(value=_bare(updated_node.value))

    def leave_GeneratorExp(
        self, original_node: cst.GeneratorExp, updated_node: cst.GeneratorExp
    ) -> cst.GeneratorExp:
        return updated_node.with_changes(elt=_bare(updated_node.elt))

    def leave_ListComp(
        self, original_node: cst.ListComp, updated_node: cst.ListComp
    ) -> cst.ListComp:
        return updated_node.with_changes(elt=_bare(updated_node.elt))

    def leave_CompIf(self, original_node: cst.CompIf, updated_node: cst.CompIf) -> cst.CompIf:
        return updated_node.with_changes(test=_bare(updated_node.test))

    def leave_CompFor(self, original_node: cst.CompFor, updated_node: cst.CompFor) -> cst.CompFor:
        target = updated_node.target
        bare = target.with_changes(lpar=[], rpar=[]) if isinstance(target, cst.Tuple) else target
        return updated_node.with_changes(target=bare)

    def leave_For(self, original_node: cst.For, updated_node: cst.For) -> cst.For:
        target = updated_node.target
        bare = target.with_changes(lpar=[], rpar=[]) if isinstance(target, cst.Tuple) else target
        return updated_node.with_changes(target=bare)

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:
        return updated_node.with_changes(test=_bare(updated_node.test))


def _bare(node: cst.BaseExpression) -> cst.BaseExpression:
    loose = (cst.BinaryOperation, cst.BooleanOperation, cst.Comparison, cst.UnaryOperation)
    if not isinstance(node, loose) or "\n" in text_of(node):
        return node
    return node.with_changes(lpar=[], rpar=[])


class _Without(cst.CSTTransformer):
    def __init__(self, nodes: Sequence[cst.CSTNode]) -> None:
        super().__init__()
        self._nodes = nodes

    def on_leave(self, original_node: object, updated_node: object) -> object:  # type: ignore[override] # any node
        if not any(original_node is node for node in self._nodes):
            return updated_node
        if isinstance(original_node, cst.BaseExpression):
            return cst.Name("_")
        return cst.RemoveFromParent()


class _Exchange(cst.CSTTransformer):
    """Puts nodes in the place of others that follow one another."""

    def __init__(self, old: Sequence[cst.CSTNode], new: Sequence[cst.CSTNode]) -> None:
        super().__init__()
        self._old, self._new = old, new

    def on_leave(self, original_node: object, updated_node: object) -> object:  # type: ignore[override] # any node
        if original_node is self._old[0]:
            if isinstance(original_node, cst.BaseExpression):
                return self._new[0]
            return cst.FlattenSentinel(self._new)
        if any(original_node is node for node in self._old[1:]):
            return cst.RemoveFromParent()
        return updated_node
