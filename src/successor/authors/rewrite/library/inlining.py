"""A call of a small function of the same file becomes what that function does.

Small is one that only returns something, or that works out a few names first where the call is
all that a statement assigns or returns. Whoever puts another function in its place later on, in
the running module, is not heard any more.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import libcst as cst

from successor.authors.rewrite.site import (
    Site,
    names_in,
    only_statement,
    parenthesised,
    put_for,
    site_of,
    text_of,
)

_SCOPES = (
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.NamedExpr,
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
)
"""What has names of its own, or means something else in another function."""
_PERHAPS = (ast.IfExp, ast.BoolOp, ast.Compare)
"""What may leave a part of itself out."""


@dataclass(frozen=True)
class Helper:
    """A function of the file that can stand where it is called."""

    name: str
    parameters: tuple[str, ...]
    lines: tuple[cst.SimpleStatementLine, ...]
    """What it does before it returns."""
    value: cst.BaseExpression
    bound: frozenset[str]
    """Names that its lines bind."""


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """One variant for each function that is called, and one for all of them."""
    site = site_of(module, function)
    if site is None:
        return
    helpers = [each for each in _helpers(site) if each.name in site.names()]
    sets = [[each] for each in helpers] + ([helpers] if len(helpers) > 1 else [])
    for some in sets:
        inlined = _Inlined(site, some)
        body = site.node.body.visit(inlined)
        if inlined.count:
            yield from site.with_node(site.node.with_changes(body=body))


def _helpers(site: Site) -> Iterator[Helper]:
    tops = [each.name.value for each in site.module.body if isinstance(each, cst.FunctionDef)]
    local = _bound(text_of(site.node))
    for name in tops:
        found = site_of(site.module, name)
        if name != site.name and name not in local and tops.count(name) == 1 and found:
            helper = _helper(found)
            if helper and not (_free(helper) & local):
                yield helper


def _helper(site: Site) -> Helper | None:
    given, statements = site.node.params, site.statements
    plain = not site.node.decorators and all(each.default is None for each in given.params)
    if not plain or not statements or (given != cst.Parameters() and not site.parameters):
        return None
    last = only_statement(cst.IndentedBlock([statements[-1]]))
    lines = [each for each in statements[:-1] if _assigns(each)]
    if not isinstance(last, cst.Return) or last.value is None or len(lines) + 1 < len(statements):
        return None
    if any(isinstance(part, _SCOPES) for part in ast.walk(ast.parse(text_of(site.node)))):
        return None
    bound = frozenset(_bound(text_of(*lines))) if lines else frozenset[str]()
    simple = tuple(cast("cst.SimpleStatementLine", each) for each in lines)
    return Helper(site.name, site.parameters, simple, last.value, bound)


def _assigns(line: cst.BaseStatement) -> bool:
    small = only_statement(cst.IndentedBlock([line]))
    return isinstance(small, cst.Assign | cst.AugAssign)


def _free(helper: Helper) -> set[str]:
    """Names of the module that it reads."""
    return names_in(*helper.lines, helper.value) - {*helper.parameters} - helper.bound


def _bound(text: str) -> set[str]:
    """Names that a text binds, of parameters and inner functions too."""
    found = set[str]()
    for part in ast.walk(ast.parse(text)):
        match part:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                found.add(name)
            case ast.ExceptHandler(name=str() as name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
            case _:
                pass
    return found


class _Inlined(cst.CSTTransformer):
    """Puts the helpers where they are called, but not in functions and classes within."""

    def __init__(self, site: Site, helpers: Sequence[Helper]) -> None:
        super().__init__()
        self.count = 0
        self._site = site
        self._helpers = {each.name: each for each in helpers}

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        helper = self._called(updated_node)
        if helper is None or helper.lines:
            return updated_node
        given = dict(zip(helper.parameters, _values(updated_node), strict=True))
        if not _as_they_are(helper, given):
            return updated_node
        self.count += 1
        return parenthesised(put_for(helper.value, given))

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        return updated_node.with_changes(value=_bare(original_node.value, updated_node.value))

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:
        return updated_node.with_changes(value=_bare(original_node.value, updated_node.value))

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.BaseStatement]:
        match updated_node.body:
            case [cst.Assign() | cst.Return() as only] if isinstance(only.value, cst.Call):
                helper = self._called(only.value)
                if helper is None:
                    return updated_node
                self.count += 1
                *lines, value = self._spelt(helper, only.value)
                last = only.with_changes(value=cast("cst.Expr", value.body[0]).value)
                lines.append(updated_node.with_changes(body=[last]))
                lead = updated_node.leading_lines
                new = [each.with_changes(leading_lines=[]) for each in lines]
                new[0] = new[0].with_changes(leading_lines=lead)
                return cst.FlattenSentinel(new)
            case _:
                return updated_node

    def _called(self, call: cst.Call) -> Helper | None:
        """The helper that is called, with as many values as it takes."""
        helper = self._helpers.get(call.func.value) if isinstance(call.func, cst.Name) else None
        plain = all(arg.keyword is None and not arg.star for arg in call.args)
        return helper if helper and plain and len(call.args) == len(helper.parameters) else None

    def _spelt(self, helper: Helper, call: cst.Call) -> list[cst.SimpleStatementLine]:
        """Its lines with names that are free here, and what it returns as the last."""
        put, lines = dict[str, cst.BaseExpression](), list[cst.SimpleStatementLine]()
        taken = self._site.names() | _free(helper)
        for name, value in zip(helper.parameters, _values(call), strict=True):
            if _is_simple(value) and name not in helper.bound:
                put[name] = value
                continue
            put[name] = cst.Name(_fresh(name, taken))
            lines.append(_line(f"{text_of(put[name])} = {text_of(value)}"))
        for name in sorted(helper.bound - {*helper.parameters}):
            put[name] = cst.Name(_fresh(name, taken))
        lines += [put_for(each, put) for each in helper.lines]
        value = put_for(helper.value, put)
        return [*lines, cst.SimpleStatementLine([cst.Expr(value)])]


def _values(call: cst.Call) -> list[cst.BaseExpression]:
    return [arg.value for arg in call.args]


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _line(text: str) -> cst.SimpleStatementLine:
    return cast("cst.SimpleStatementLine", cst.parse_statement(text))


def _is_simple(value: cst.BaseExpression) -> bool:
    """Whether it costs and changes nothing to read it more than once, or never."""
    return isinstance(value, cst.Name | cst.Integer | cst.Float | cst.SimpleString)


def _as_they_are(helper: Helper, given: Mapping[str, cst.BaseExpression]) -> bool:
    """Whether the values may stand where the parameters do: all but one are simple, and that one
    is read once, whatever comes of the rest.
    """
    costly = [name for name, value in given.items() if not _is_simple(value)]
    parts = list(ast.walk(ast.parse(text_of(helper.value), mode="eval")))
    read = [part.id for part in parts if isinstance(part, ast.Name)]
    return not costly or (
        len(costly) == 1
        and read.count(costly[0]) == 1
        and not any(isinstance(part, _PERHAPS) for part in parts)
    )


def _bare(before: cst.CSTNode | None, after: cst.BaseExpression | None) -> cst.CSTNode | None:
    """Without the parentheses that came with what stands for a call: it is not an operand."""
    if isinstance(before, cst.Call) and after is not None and not isinstance(after, cst.Call):
        return after.with_changes(lpar=[], rpar=[])
    return after
