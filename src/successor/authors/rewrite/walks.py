"""Functions that call themselves with the rest of a sequence, or with smaller numbers.

Each parameter that changes from call to call is an axis. On it, a call stands at a place: where
the rest begins, where the front ends, or the number itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from successor.authors.rewrite.flow import calls_of, expr, flat, swapped
from successor.authors.rewrite.site import Site, text_of

Way = Literal["rest", "front", "number"]


@dataclass(frozen=True)
class Axis:
    """A parameter that changes."""

    param: str
    way: Way
    """`rest`: f(p[k:]); `front`: f(p[:-k]); `number`: f(p - k)."""
    place: str
    """Name of the variable that says where on the axis we are."""

    @property
    def size(self) -> str:
        """How many places there are."""
        return f"{self.param} + 1" if self.way == "number" else f"len({self.param}) + 1"

    @property
    def order(self) -> str:
        """All places, those that others need first."""
        if self.way == "rest":
            return f"range(len({self.param}), -1, -1)"
        return f"range({self.size})"

    @property
    def first(self) -> str:
        """The place of the call from outside."""
        return {"rest": "0", "front": f"len({self.param})", "number": self.param}[self.way]

    def moved(self, steps: int) -> str:
        """The place of a call that is so many steps on."""
        sign = "+" if self.way == "rest" else "-"
        return f"{self.place} {sign} {steps}" if steps else self.place


@dataclass(frozen=True)
class Walk:
    """What moves on every axis in each call, and what a call does."""

    site: Site
    axes: Sequence[Axis]
    body: Sequence[ast.stmt]
    """Without `else` after what returns."""

    def steps(self, call: ast.AST) -> tuple[int, ...] | None:
        """How far a call of the function itself moves on each axis."""
        match call:
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name == self.site.name:
                given = dict(zip(self.site.parameters, args, strict=False))
            case _:
                return None
        found = [_step(given[axis.param])[1] for axis in self.axes]
        return tuple(found)

    def placed(self, node: ast.stmt, calls: Mapping[tuple[int, ...], ast.expr]) -> ast.stmt:
        """A statement, by places instead of by parts of sequences."""
        axes = {axis.param: axis for axis in self.axes}

        def swap(part: ast.AST) -> ast.AST | None:
            steps = self.steps(part)
            return _at_place(part, axes) if steps is None else calls[steps]

        return swapped(node, swap)

    def all_steps(self) -> set[tuple[int, ...]]:
        """Of all calls."""
        found = (self.steps(call) for call in calls_of(self.body, self.site.name))
        return {steps for steps in found if steps is not None}


def walk_of(site: Site) -> Walk | None:
    """How a function walks, if it does: every call has to move, none back."""
    params = site.parameters
    if site.node not in site.module.body or not params:
        return None
    body = flat(ast.parse(text_of(*site.statements)).body, site.name)
    ways: dict[str, set[Way]] = {param: set() for param in params}
    for call in calls_of(body, site.name):
        if call.keywords or len(call.args) != len(params):
            return None
        steps = [_step(given) for given in call.args]
        if [name for _, _, name in steps] != list(params) or not any(k for _, k, _ in steps):
            return None
        for way, _, name in steps:
            ways[name] |= {way} if way else set()
    if any(len(each) > 1 for each in ways.values()):
        return None
    axes = list(_axes(site, ways))
    return Walk(site, axes, body) if 1 <= len(axes) <= 2 else None


def _axes(site: Site, ways: Mapping[str, set[Way]]) -> Iterator[Axis]:
    names = iter(("i", "j"))
    for param, each in ways.items():
        if each:
            (way,) = each
            yield Axis(param, way, site.free(next(names, "k")))


def _step(node: ast.expr) -> tuple[Way | None, int, str]:
    """(way, steps, parameter) of one argument; "" for what is none."""
    match node:
        case ast.Name(id=name):
            return None, 0, name
        case ast.BinOp(ast.Name(id=name), ast.Sub(), ast.Constant(value=int(steps))):
            return "number", steps, name
        case ast.Subscript(
            ast.Name(id=name), ast.Slice(ast.Constant(value=int(steps)), None, None)
        ):
            return "rest", steps, name
        case ast.Subscript(
            ast.Name(id=name),
            ast.Slice(None, ast.UnaryOp(ast.USub(), ast.Constant(value=int(steps))), None),
        ):
            return "front", steps, name
        case _:
            return None, 0, ""


def _at_place(  # noqa: PLR0911 - a line for each shape
    node: ast.AST, axes: Mapping[str, Axis]
) -> ast.AST | None:
    """A use of a parameter, by its place; None for all else."""
    match node:
        case ast.UnaryOp(ast.Not(), ast.Name(id=name)) if name in axes:
            return expr(_is_empty(axes[name]))
        case ast.Compare(ast.Name(id=name), [ast.Eq()], [other]) if name in axes:
            if ast.unparse(other) in {"''", "[]", "()"}:
                return expr(_is_empty(axes[name]))
        case ast.Call(ast.Name(id="len"), [ast.Name(id=name)]) if name in axes:
            return expr(_length(axes[name]))
        case ast.Subscript(ast.Name(id=name), ast.Constant(value=int(at))) if name in axes:
            if axes[name].way == "rest":
                return expr(f"{name}[{axes[name].place}{f' + {at}' if at else ''}]")
        case ast.Subscript(
            ast.Name(id=name), ast.UnaryOp(ast.USub(), ast.Constant(value=int(at)))
        ) if name in axes:
            if axes[name].way == "front":
                return expr(f"{name}[{axes[name].place} - {at}]")
        case ast.Name(id=name) if name in axes:
            return expr(_whole(axes[name]))
        case _:
            pass
    return None


def _is_empty(axis: Axis) -> str:
    if axis.way == "rest":
        return f"{axis.place} == len({axis.param})"
    return f"{axis.place} == 0"


def _length(axis: Axis) -> str:
    return {"rest": f"len({axis.param}) - {axis.place}", "front": axis.place}.get(
        axis.way, f"len({axis.place})"
    )


def _whole(axis: Axis) -> str:
    return {"rest": f"{axis.param}[{axis.place}:]", "front": f"{axis.param}[:{axis.place}]"}.get(
        axis.way, axis.place
    )
