"""`return f(...)` within f becomes new values of the parameters and another turn of a loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import libcst as cst

from successor.authors.rewrite.patterns import walked
from successor.authors.rewrite.recursion import calls_itself
from successor.authors.rewrite.site import Site, block, only_statement, site_of, text_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """The loop, when the function calls itself in such returns only, and always returns."""
    site = site_of(module, function)
    if site is None or site.node.decorators or "." in function or not calls_itself(site):
        return
    if _keeps_names(site):
        return
    turned = _Turned(site)
    around = cst.Module(cast("Sequence[cst.SimpleStatementLine]", site.statements))
    statements = around.visit(turned).body
    if turned.count != calls_itself(site) or not _leaves(statements):
        return
    body = text_of(*statements).removesuffix("continue\n")
    yield from site.with_body(f"while True:\n{block(body)}\n")


def _keeps_names(site: Site) -> bool:
    """Whether something in it reads the parameters later on: they are others by then."""
    inner = (cst.Lambda, cst.FunctionDef, cst.GeneratorExp)
    return any(
        isinstance(each, inner) for statement in site.statements for each in walked(statement)
    )


class _Turned(cst.CSTTransformer):
    def __init__(self, site: Site) -> None:
        super().__init__()
        self.count = 0
        self._site = site

    def visit_For(self, node: cst.For) -> bool:
        return False

    def visit_While(self, node: cst.While) -> bool:
        return False

    def visit_Try(self, node: cst.Try) -> bool:
        return False

    def visit_With(self, node: cst.With) -> bool:
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.BaseStatement]:
        match updated_node.body:
            case [cst.Return(value=cst.Call(func=cst.Name(value=name), args=args))] if (
                name == self._site.name
            ):
                new = self._assigned(args)
                self.count += new is not None
                return cst.FlattenSentinel(new) if new else updated_node
            case _:
                return updated_node

    def _assigned(self, given: Sequence[cst.Arg]) -> Sequence[cst.BaseStatement] | None:
        """New values of the parameters that change."""
        names = self._site.parameters
        if len(given) != len(names) or any(each.star or each.keyword for each in given):
            return None
        pairs = [(n, text_of(a.value)) for n, a in zip(names, given, strict=True)]
        changed = [(name, text) for name, text in pairs if name != text]
        if not changed:
            return None
        left, right = (", ".join(each) for each in zip(*changed, strict=True))
        return cst.parse_module(f"{left} = {right}\ncontinue\n").body


def _leaves(statements: Sequence[cst.BaseStatement]) -> bool:
    """Whether the end of some statements is never reached."""
    match statements[-1]:
        case cst.SimpleStatementLine(body=[cst.Return() | cst.Raise() | cst.Continue()]):
            return True
        case cst.If(body=body, orelse=cst.Else(body=other)):
            return all(
                _leaves(each.body)
                if isinstance(each, cst.IndentedBlock)
                else isinstance(only_statement(each), cst.Return | cst.Raise)
                for each in (body, other)
            )
        case _:
            return False
