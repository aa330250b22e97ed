"""A function that calls itself with a little less becomes a table, filled row by row.

Of a table of two axes, two rows are kept. All of it is filled, also places that no call comes to:
so nothing in it may raise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import takewhile
from textwrap import indent

import libcst as cst

from successor.authors.rewrite.effects import is_total
from successor.authors.rewrite.flow import assigned, calls_of, expr, told
from successor.authors.rewrite.recursion import keeps_answers
from successor.authors.rewrite.site import only_statement, site_of
from successor.authors.rewrite.walks import Axis, Walk, walk_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """Where a function walks on one axis or two. Rests of two sequences are left to `table`."""
    site = site_of(module, function)
    found = walk_of(site) if site else None
    if site is None or found is None or [axis.way for axis in found.axes] == ["rest", "rest"]:
        return
    if keeps_answers(site) or not is_total(*_repeated(found), function=site.name):
        return
    new = _row(found) if len(found.axes) == 1 else _rows(found)
    if new is not None:
        yield from site.with_body(f"{_guards(found)}{new}")


def _repeated(found: Walk) -> Sequence[cst.CSTNode]:
    """The statements, without what refuses numbers before anything is called."""
    statements = found.site.statements
    if any(axis.way != "number" for axis in found.axes):
        return statements
    return [each for each in statements if not (
        isinstance(each, cst.If) and isinstance(only_statement(each.body), cst.Raise)
    )]  # fmt: skip


def _row(found: Walk) -> str | None:
    """One axis: a list, or a value where only the last is asked for."""
    (axis,) = found.axes
    alone = found.all_steps() == {(1,)}
    name = found.site.free("value" if alone else "values")
    called = {steps: f"{name}[{axis.moved(*steps)}]" for steps in found.all_steps()}
    cell = name if alone else f"{name}[{axis.place}]"
    filled = _filled(found, {(1,): name} if alone else called, cell)
    if filled is None:
        return None
    start = f"{name} = 0" if alone else f"{name} = [0] * ({axis.size})"
    last = name if alone else f"{name}[{axis.first}]"
    return f"{start}\nfor {axis.place} in {axis.order}:\n{indent(filled, '    ')}\nreturn {last}"


def _rows(found: Walk) -> str | None:
    """Two axes: a row, and the one before it."""
    outer, inner = found.axes
    steps = found.all_steps()
    if any(far > 1 or (not far and not near) for far, near in steps):
        return None
    row, before = (found.site.free(name) for name in ("row", "before"))
    called = {(far, near): f"{before if far else row}[{inner.moved(near)}]" for far, near in steps}
    filled = _filled(found, called, f"{row}[{inner.place}]")
    if filled is None:
        return None
    return "\n".join([
        f"{row} = [0] * ({inner.size})",
        f"for {outer.place} in {outer.order}:",
        f"    {before}, {row} = {row}, [0] * ({inner.size})",
        _looped(inner, filled),
        f"return {row}[{inner.first}]",
    ])  # fmt: skip


def _looped(axis: Axis, body: str) -> str:
    return indent(f"for {axis.place} in {axis.order}:\n{indent(body, '    ')}", "    ")


def _filled(found: Walk, called: dict[tuple[int, ...], str], cell: str) -> str | None:
    """What fills one place of the table."""
    body = assigned(found.body, lambda value: ast.Assign([expr(cell)], value, lineno=0))
    if body is None:
        return None
    answers = {steps: expr(each) for steps, each in called.items()}
    return told([found.placed(each, answers) for each in body])


def _guards(found: Walk) -> str:
    """What is settled before anything is called, where places are numbers, that may be negative."""
    if all(axis.way != "number" for axis in found.axes):
        return ""
    guards = takewhile(lambda each: not any(calls_of([each], found.site.name)), found.body)
    kept = told([each for each in guards if not isinstance(each, ast.Return)])
    return f"{kept}\n" if kept else ""
