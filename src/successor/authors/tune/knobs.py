"""The numbers of a program that may be turned: constants in the target and what it uses.

A knob is turned by a real number, its setting; 0 leaves it as it is. Large numbers change by
factors and small ones by steps, and every number can reach 0 and change its sign.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from successor.authors.regions import Function, find, marked

LONGEST = 8
"""Longer tuples and lists of numbers are data, not choices."""
_FLIP = 0.5
"""A truth value is turned round by settings beyond it."""


@dataclass(frozen=True)
class Knob:
    """A number or truth value, where it stands in the source."""

    first: int  # offset in bytes of UTF-8
    last: int
    line: int
    value: bool | float

    def turned(self, setting: float, digits: int) -> str:
        """As it is written after turning; floats with this many significant digits."""
        value = self.value
        if isinstance(value, bool):
            return str(value != (abs(setting) > _FLIP))
        if setting == 0:
            return repr(value)
        unit = abs(value) / 10 if isinstance(value, float) else max(abs(value) / 10, 0.5)
        unit = unit or 0.1
        moved = unit * math.sinh(math.asinh(value / unit) + setting)
        return repr(round(moved)) if isinstance(value, int) else repr(float(f"{moved:.{digits}g}"))


def turned(source: str, knobs: Sequence[Knob], settings: Sequence[float], digits: int) -> str:
    """The source with every knob at its setting; nothing else changes."""
    data = source.encode()
    pairs = zip(knobs, settings, strict=True)
    for knob, setting in sorted(pairs, key=lambda pair: -pair[0].first):
        if setting:
            text = knob.turned(setting, digits).encode()
            data = data[: knob.first] + text + data[knob.last :]
    return data.decode()


def find_knobs(source: str, function: str) -> list[Knob]:
    """The knobs of a target, those of its own body first, then of the constants and functions
    that it uses, as they stand in the file. Left alone: 0, 1 and -1 as an index, annotations,
    long tables and, where the file has evolve markers, what is outside of them.

    Args:
        function: dotted name; "" for the whole file.
    """
    tree = ast.parse(source)
    starts = _line_starts(source)
    spans = marked(source)
    knobs: dict[int, Knob] = {}
    for place in _places(tree, function):
        for node, value in _numbers(place):
            first = starts[node.lineno - 1] + node.col_offset
            last = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            if not spans or any(span.first <= node.lineno <= span.last for span in spans):
                knobs.setdefault(first, Knob(first, last, node.lineno, value))
    return list(knobs.values())


def _line_starts(source: str) -> list[int]:
    """Where each line begins, in bytes."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _places(tree: ast.Module, function: str) -> Iterator[ast.AST]:
    target = find(tree, function) if function else None
    if target is None:
        yield from [] if function else [tree]
        return
    defined = _defined(tree)
    waiting: list[ast.AST] = [target]
    seen: set[int] = set()
    while waiting:
        place = waiting.pop(0)
        if id(place) not in seen:
            seen.add(id(place))
            yield place
            waiting += [node for name in _named(place) for node in defined.get(name, ())]


def _defined(tree: ast.Module) -> Mapping[str, list[ast.AST]]:
    """Constants and functions of the module and of its classes, by name."""
    found: dict[str, list[ast.AST]] = {}
    scopes = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for scope in scopes for node in scope.body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.setdefault(name, []).append(node)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.setdefault(name, []).append(node)
            case _:
                pass
    return found


def _named(place: ast.AST) -> Iterator[str]:
    for node in ast.walk(place):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
                yield name
            case _:
                pass


def _numbers(node: ast.AST) -> Iterator[tuple[ast.expr, bool | float]]:
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            if not isinstance(value, float) or math.isfinite(value):
                yield node, value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            if not isinstance(value, bool):
                yield node, -value
        case ast.Tuple() | ast.List() if _is_table(node):
            pass
        case _:
            for child in _open_to_change(node):
                yield from _numbers(child)


def _is_table(node: ast.Tuple | ast.List) -> bool:
    """Whether it is long and holds literals only."""
    inner = [part for element in node.elts for part in ast.walk(element)]
    computed = any(isinstance(part, ast.Name | ast.Call) for part in inner)
    return len(node.elts) > LONGEST and not computed


def _open_to_change(node: ast.AST) -> Iterator[ast.AST]:
    """Children that may hold knobs."""
    match node:
        case ast.Subscript(value=value, slice=index):
            yield value
            yield from () if _is_plain_index(index) else (index,)
        case ast.Slice():
            parts = (node.lower, node.upper, node.step)
            yield from (part for part in parts if part and not _is_plain_index(part))
        case ast.arg() | ast.JoinedStr() | ast.Assert():
            pass
        case ast.AnnAssign(value=value):
            yield from () if value is None else (value,)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _of_function(node)
        case _:
            yield from ast.iter_child_nodes(node)


def _of_function(node: Function) -> Iterator[ast.AST]:
    yield from node.body
    yield node.args
    yield from node.decorator_list


def _is_plain_index(node: ast.expr) -> bool:
    """0, 1 or -1."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant) and inner.value in (0, 1)
