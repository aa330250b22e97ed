"""What the text of a program says about itself, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from successor.sandbox import Value

Function = ast.FunctionDef | ast.AsyncFunctionDef
START, END = "# EVOLVE-BLOCK-START", "# EVOLVE-BLOCK-END"


LARGEST_BASE = 64
"""Of powers that are worked out, as people write 10**9; exponents too."""
LONGEST_TEXT = 20
"""Text that is longer is told to people: it is no value that decides anything."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function, as written."""

    name: str
    hint: ast.expr | None
    default: ast.expr | None
    kind: str  # "positional", "rest" (*args), "keyword"


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """(dotted name, node) of every function and method that can be named from outside."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from functions(node, prefix)


def find(tree: ast.AST, function: str) -> Function | None:
    """The last definition of that dotted name, which is the one that counts."""
    return dict(functions(tree)).get(function)


def parameters(node: Function) -> tuple[Parameter, ...]:
    """All but `self` and `cls` of methods, which whoever asks has bound, and but `**rest`."""
    given = node.args
    named = [*given.posonlyargs, *given.args]
    defaults = [*[None] * (len(named) - len(given.defaults)), *given.defaults]
    found = [
        Parameter(each.arg, each.annotation, default, "positional")
        for each, default in zip(named, defaults, strict=True)
    ]
    if given.vararg:
        found.append(Parameter(given.vararg.arg, given.vararg.annotation, None, "rest"))
    found += [
        Parameter(each.arg, each.annotation, default, "keyword")
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    return tuple(each for each in found if each.name not in {"self", "cls"})


def nodes(source: str) -> int:
    """Nodes of the syntax tree: the size of a program that no formatting changes.

    Raises:
        SyntaxError: when it does not parse.
    """
    return sum(1 for _ in ast.walk(ast.parse(source)))


def literals(source: str) -> tuple[Value, ...]:
    """Numbers and short text that a program has in it, each once, in their order."""
    found = {(type(each), each): each for node in ast.walk(ast.parse(source))
             for each in _written(node)}  # fmt: skip
    return (*found.values(),)


def _written(node: ast.AST) -> Iterator[int | float | str]:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=(int() | float()) as number):
            yield number
        case ast.Constant(value=str(text)) if len(text) <= LONGEST_TEXT:
            yield text
        case ast.BinOp(ast.Constant(int(base)), ast.Pow(), ast.Constant(int(exponent))):
            if abs(base) <= LARGEST_BASE and 0 <= exponent <= LARGEST_BASE:
                yield base**exponent
        case _:
            pass


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all modules that are imported anywhere; relative ones begin with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            join = "" if module.endswith(".") else "."
            yield from (f"{module}{join}{name.name}" for name in node.names)


def outside_regions(source: str) -> str | None:
    """The text that evolve regions leave alone; None when there are no regions.

    Raises:
        ValueError: when a region is not closed, or closed before it opens.
    """
    kept, inside, seen = list[str](), False, False
    for number, line in enumerate(source.splitlines(), 1):
        mark = line.strip()
        if mark.startswith((START, END)):
            if mark.startswith(START) == inside:
                raise ValueError(f"line {number}: {mark} does not match")
            inside, seen = not inside, True
            kept.append(mark)
        elif not inside:
            kept.append(line)
    if inside:
        raise ValueError(f"{START} is never closed")
    return "\n".join(kept) if seen else None


def flaw(original: str, source: str, function: str) -> str:
    """Why a text cannot stand in for the original, whatever it computes; "" when it can.

    Callers name parameters and import names: all of them have to be there still.
    """
    try:
        tree = ast.parse(source)
        kept = outside_regions(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"does not parse: {error}"
    before = ast.parse(original)
    if (held := outside_regions(original)) is not None and held != kept:
        return "changes the file outside of its evolve regions"
    if lost := sorted(_names(before) - _names(tree)):
        return f"lacks {lost[0]!r}, which the original defines"
    mine, new = find(before, function), find(tree, function)
    if mine is None:
        return ""
    return _changed_signature(mine, new) if new else ""


def _names(tree: ast.Module) -> set[str]:
    """Names that others may import: functions, classes, constants; none that begin with `_`."""
    found = {name for name, _ in functions(tree)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            places = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {place.id for place in places if isinstance(place, ast.Name)}
    return {name for name in found if not name.rpartition(".")[2].startswith("_")}


def _changed_signature(before: Function, after: Function) -> str:
    old, new = parameters(before), parameters(after)
    if type(before) is not type(after):
        return "turns a function that returns into one that is awaited, or back"
    shown = {(each.name, each.kind) for each in new}
    if lost := [each.name for each in old if (each.name, each.kind) not in shown]:
        return f"lacks the parameter {lost[0]!r}"
    order = [each.name for each in new if each.kind == "positional"]
    if order[: len(old)] != [each.name for each in old if each.kind == "positional"]:
        return "changes the order of parameters"
    added = new[len(old) :] if len(new) > len(old) else ()
    if any(each.default is None and each.kind != "rest" for each in added):
        return "asks for more arguments"
    defaults = {each.name: each.default for each in new}
    for each in old:
        later = defaults[each.name]
        if each.default is not None and (
            later is None or ast.dump(later) != ast.dump(each.default)
        ):
            return f"changes the default of {each.name!r}"
    return ""
