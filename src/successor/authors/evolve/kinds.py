"""What kind of value an expression has, as far as a glance at the source tells.

Three kinds are told apart: numbers, truth values and sequences. What cannot be told counts as a
number, which it is most often; a wrong guess makes variants that fail, not a wrong verdict.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["number", "truth", "sequence", "other"]
Names: TypeAlias = Mapping[str, Kind]

MATHS = ("sqrt", "exp", "log", "sin", "cos", "tanh", "floor")
"""Functions of `math` from one number to one number."""
_NUMBERS = {"len", "abs", "sum", "int", "float", "round", "pow", "ord", "hash", "divmod"}
_SEQUENCES = {"sorted", "list", "tuple", "range", "enumerate", "zip", "reversed", "map", "filter"}
_TRUTHS = {"any", "all", "isinstance", "bool", "callable", "issubclass"}
_OTHERS = {"str", "repr", "dict", "set", "frozenset", "print", "format", "type", "open", "iter"}
_OF_BUILTINS: dict[str, Kind] = {
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(_SEQUENCES, "sequence"),
    **dict.fromkeys(_TRUTHS, "truth"),
    **dict.fromkeys(_OTHERS, "other"),
}
_OF_METHODS: dict[str, Kind] = {
    **dict.fromkeys(("index", "count", "bit_length", "find"), "number"),
    **dict.fromkeys(("copy", "split", "items", "keys", "values", "splitlines"), "sequence"),
    **dict.fromkeys(("startswith", "endswith", "isdigit", "isalpha"), "truth"),
    **dict.fromkeys(("append", "extend", "sort", "add", "join", "strip", "format"), "other"),
}
_OF_ANNOTATIONS: dict[str, Kind] = {
    **dict.fromkeys(("int", "float", "complex", "Fraction", "Decimal"), "number"),
    **dict.fromkeys(("list", "tuple", "Sequence", "Iterable", "List", "Tuple"), "sequence"),
    "bool": "truth",
    **dict.fromkeys(("str", "bytes", "dict", "set", "Callable", "Mapping"), "other"),
}
_TAKES_SEQUENCE = {"len", "sum", "sorted", "list", "tuple", "enumerate", "zip", "reversed"}
_MUTATES_SEQUENCE = {"append", "extend", "sort", "pop", "insert", "reverse"}


def kind_of(node: ast.expr, names: Names, expected: Kind = "number") -> Kind:
    """The kind of an expression; `expected`, by its context, where it does not show."""
    kind: Kind
    match node:
        case ast.Constant(value=bool()) | ast.Compare() | ast.UnaryOp(op=ast.Not()):
            kind = "truth"
        case ast.Constant(value=int() | float()) | ast.UnaryOp():
            kind = "number"
        case ast.BoolOp(values=values):
            kind = kind_of(values[-1], names, expected)
        case ast.BinOp(left=left, right=right):
            kind = _of_pair(kind_of(left, names), kind_of(right, names))
        case ast.List() | ast.Tuple() | ast.ListComp() | ast.GeneratorExp():
            kind = "sequence"
        case ast.Call(func=func):
            kind = _of_call(func, expected)
        case ast.Name(id=name):
            kind = names.get(name, expected)
        case ast.Subscript(slice=index):
            kind = "sequence" if isinstance(index, ast.Slice) else expected
        case ast.IfExp(body=body):
            kind = kind_of(body, names, expected)
        case ast.Attribute():
            kind = expected
        case _:
            kind = "other"
    return kind


def _of_pair(left: Kind, right: Kind) -> Kind:
    if "other" in (left, right):
        return "other"
    return "sequence" if "sequence" in (left, right) else "number"


def _of_call(func: ast.expr, expected: Kind) -> Kind:
    match func:
        case ast.Name(id=name):
            return _OF_BUILTINS.get(name, expected)
        case ast.Attribute(value=ast.Name(id="math")):
            return "number"
        case ast.Attribute(attr=name):
            return _OF_METHODS.get(name, expected)
        case _:
            return expected


def names_in(tree: ast.AST, known: Names) -> dict[str, Kind]:
    """The kinds of the names that a tree binds, parameters included, by what is done with them.

    What the annotations say counts most, then what shows of the use, then what is assigned.
    """
    found: dict[str, Kind] = dict(known)
    for told in (_annotated(tree), _used(tree)):
        found = {**dict(told), **found}
    for name, kind in _assigned(tree, found):
        found.setdefault(name, kind)
    return found


def _annotated(tree: ast.AST) -> Iterator[tuple[str, Kind]]:
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name, annotation=said) if said is not None:
                kind = _of_annotation(said)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=said):
                kind = _of_annotation(said)
            case _:
                continue
        if kind is not None:
            yield name, kind


def _of_annotation(said: ast.expr) -> Kind | None:
    outer = said.value if isinstance(said, ast.Subscript) else said
    name = outer.attr if isinstance(outer, ast.Attribute) else getattr(outer, "id", "")
    return _OF_ANNOTATIONS.get(str(name))


def _used(tree: ast.AST) -> Iterator[tuple[str, Kind]]:
    """Names that are iterated over, indexed, measured or appended to are sequences."""
    for node in ast.walk(tree):
        match node:
            case ast.For(iter=ast.Name(id=name)) | ast.comprehension(iter=ast.Name(id=name)):
                yield name, "sequence"
            case ast.Subscript(value=ast.Name(id=name)):
                yield name, "sequence"
            case ast.Call(func=ast.Name(id=called), args=[ast.Name(id=name), *_]):
                if called in _TAKES_SEQUENCE:
                    yield name, "sequence"
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=called)):
                if called in _MUTATES_SEQUENCE:
                    yield name, "sequence"
            case _:
                pass


def _assigned(tree: ast.AST, names: Names) -> Iterator[tuple[str, Kind]]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, kind_of(value, names)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                yield name, kind_of(value, names)
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for each, value in zip(targets, values, strict=False):
                    if isinstance(each, ast.Name):
                        yield each.id, kind_of(value, names)
            case ast.For(target=target) | ast.comprehension(target=target):
                for name in bound(target):
                    yield name, "number"
            case ast.arg(arg=name):
                yield name, "number"
            case _:
                pass


def bound(target: ast.AST) -> Iterator[str]:
    """The names that a target binds."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id
