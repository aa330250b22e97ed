"""A recursion over the rests of sequences becomes a table, filled from the ends to the starts.

For functions whose parameters are sequences, used as `x[0]`, `len(x)`, `not x` and, in calls of
themselves, `x` and `x[1:]`: edit distance, longest common subsequence. Of two, two rows are kept.
All places are filled, also those that no call comes to: so nothing in them may raise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import libcst as cst

from successor.authors.rewrite.effects import is_total
from successor.authors.rewrite.patterns import fits
from successor.authors.rewrite.recursion import calls_itself, keeps_answers
from successor.authors.rewrite.site import Site, block, only_statement, site_of, text_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """The table, when every use of the parameters is one of those above."""
    site = site_of(module, function)
    if site is None or len(site.parameters) != 2 or not calls_itself(site):
        return
    if keeps_answers(site) or not is_total(*site.statements, function=site.name):
        return
    cells = _Cells(site)
    statements = [cast("cst.BaseStatement", each.visit(cells)) for each in site.statements]
    cell = _as_choice(statements, f"{cells.row}[{cells.j}]")
    if cell is None or cells.left(statements):
        return
    a, b = site.parameters
    row, below, i, j = cells.row, cells.below, cells.i, cells.j
    yield from site.with_body(
        f"{cells.rows}, {cells.columns} = len({a}), len({b})\n"
        f"{row} = []\n"
        f"for {i} in range({cells.rows}, -1, -1):\n"
        f"    {below}, {row} = {row}, [None] * ({cells.columns} + 1)\n"
        f"    for {j} in range({cells.columns}, -1, -1):\n"
        f"{block(cell, 2)}"
        f"return {row}[0]\n"
    )


class _Cells(cst.CSTTransformer):
    """Puts places in the table in the place of rests and calls."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._site = site
        self.row, self.below = site.free("row"), site.free("below")
        self.i, self.j = site.free("i"), site.free("j")
        self.rows, self.columns = site.free("rows"), site.free("columns")

    def left(self, statements: Sequence[cst.BaseStatement]) -> bool:
        """Whether something was not put into the table's terms."""
        uses = _Uses(self._site)
        for statement in statements:
            statement.visit(uses)
        return uses.wrong

    def visit_Call(self, node: cst.Call) -> bool:
        return not self._is_own(node)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if self._is_own(original_node):
            return self._cell(original_node) or updated_node
        bound = fits("len(x_)", original_node)
        return self._said("{0} - {1}", bound, "({0} - {1})") or updated_node

    def leave_UnaryOperation(
        self, original_node: cst.UnaryOperation, updated_node: cst.UnaryOperation
    ) -> cst.BaseExpression:
        return self._said("{1} == {0}", fits("not x_", original_node)) or updated_node

    def leave_Subscript(
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        return self._said("{2}[{1}]", fits("x_[0]", original_node)) or updated_node

    def _said(self, text: str, bound: object, other: str = "") -> cst.BaseExpression | None:
        match bound:
            case {"x_": (cst.Name(value=name),)} if name in self._site.parameters:
                first = name == self._site.parameters[0]
                terms = (self.rows, self.i) if first else (self.columns, self.j)
                return cst.parse_expression((other or text).format(*terms, name))
            case _:
                return None

    def _is_own(self, node: cst.Call) -> bool:
        return isinstance(node.func, cst.Name) and node.func.value == self._site.name

    def _cell(self, call: cst.Call) -> cst.BaseExpression | None:
        steps = list[int]()
        for argument, name in zip(call.args, self._site.parameters, strict=False):
            texts = (name, f"{name}[1:]")
            text = text_of(argument.value)
            if text not in texts or argument.keyword is not None:
                return None
            steps.append(texts.index(text))
        if len(call.args) != 2 or steps == [0, 0]:
            return None
        row = self.below if steps[0] else self.row
        return cst.parse_expression(f"{row}[{self.j}{' + 1' if steps[1] else ''}]")


class _Uses(cst.CSTVisitor):
    """Looks for what has no place in a table."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self.wrong = False
        self._site = site

    def visit_Subscript(self, node: cst.Subscript) -> bool:
        known = isinstance(node.value, cst.Name) and node.value.value in self._site.parameters
        inside = text_of(*node.slice)
        return not (known and inside.isidentifier())

    def visit_Name(self, node: cst.Name) -> None:
        self.wrong |= node.value in (*self._site.parameters, self._site.name)


def _as_choice(statements: Sequence[cst.BaseStatement], cell: str) -> str | None:
    """The statements with an assignment for each return, as one chain of choices."""
    match statements[0]:
        case cst.SimpleStatementLine(body=[cst.Return(value=value)]) if value:
            return f"{cell} = {text_of(value)}\n"
        case cst.If(test=test, body=body, orelse=other):
            returned = only_statement(body)
            rest = list(statements[1:])
            if isinstance(other, cst.Else):
                rest = list(cast("Sequence[cst.BaseStatement]", other.body.body))
            elif other is not None:
                rest = [other]
        case _:
            return None
    if not isinstance(returned, cst.Return) or returned.value is None or not rest:
        return None
    inner = _as_choice(rest, cell)
    if inner is None:
        return None
    chain = f"el{inner}" if inner.startswith("if ") else f"else:\n{block(inner)}"
    return f"if {text_of(test)}:\n    {cell} = {text_of(returned.value)}\n{chain}"
