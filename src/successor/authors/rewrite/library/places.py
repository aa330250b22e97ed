"""A function of the rest of a sequence becomes one of a place in it, that keeps its answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from textwrap import indent

import libcst as cst

from successor.authors.rewrite.flow import expr, told
from successor.authors.rewrite.recursion import answers_once
from successor.authors.rewrite.site import site_of
from successor.authors.rewrite.walks import walk_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """Where a function calls itself with parts of its sequences."""
    site = site_of(module, function)
    found = walk_of(site) if site else None
    if site is None or found is None or all(axis.way == "number" for axis in found.axes):
        return
    if not answers_once(site):
        return
    inner = site.free("solve")
    calls: dict[tuple[int, ...], ast.expr] = {}
    for steps in found.all_steps():
        moves = zip(found.axes, steps, strict=True)
        calls[steps] = expr(f"{inner}({', '.join(axis.moved(step) for axis, step in moves)})")
    places = ", ".join(axis.place for axis in found.axes)
    body = indent(told([found.placed(each, calls) for each in found.body]), "    ")
    first = ", ".join(axis.first for axis in found.axes)
    new = f"@cache\ndef {inner}({places}):\n{body}\n\nreturn {inner}({first})"
    yield from site.with_body(new, "from functools import cache")
