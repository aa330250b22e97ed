"""Kinds of arguments from type hints, as written: nothing is evaluated."""

from __future__ import annotations

import ast

from successor.sandbox import Value
from successor.subjects.program.kinds import (
    Either,
    Exact,
    Fixed,
    Items,
    Kind,
    OneOf,
    Real,
    Shape,
    Table,
    Text,
    Whole,
    either,
)

FLAG, NOTHING = OneOf((False, True)), OneOf((None,))
ANYTHING = Either((Whole(), Real(), Text()))
_PLAIN: dict[str, Kind] = {
    "int": Whole(),
    "float": Real(whole=True),
    "complex": Real(whole=True),
    "bool": FLAG,
    "str": Text(),
    "bytes": Text(raw=True),
    "None": NOTHING,
    "Fraction": Exact(),
    "Number": Either((Whole(), Real(whole=True))),
    "Any": ANYTHING,
    "object": ANYTHING,
    "list": Items("list", Whole()),
    "tuple": Items("tuple", Whole()),
    "set": Items("set", Whole()),
    "frozenset": Items("frozenset", Whole()),
    "dict": Table(Text(), Whole()),
}
_OTHERS: dict[str, tuple[Shape, ...]] = {
    "list": (),
    "List": (),
    "MutableSequence": (),
    "Sequence": ("tuple",),
    "Reversible": ("tuple",),
    "Collection": ("tuple", "set"),
    "Iterable": ("tuple", "set"),
}
"""What is drawn as a list, and the other containers that may stand there."""
_LISTS = _OTHERS.keys()
_TABLES = {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict"}


def kind_of(hint: ast.expr) -> Kind | None:
    """The kind that a hint names; None when it names a type that we cannot draw."""
    match hint:
        case ast.Constant(value=None):
            return NOTHING
        case ast.Constant(value=str(text)):
            return _quoted(text)
        case ast.Name() | ast.Attribute():
            return _named(_name(hint))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _all([left, right])
        case ast.Subscript(value=value, slice=inner):
            return _generic(_name(value), inner)
        case _:
            return None


def _named(name: str) -> Kind | None:
    if name in _LISTS:
        return _container(name, Whole())
    return _PLAIN.get("dict" if name in _TABLES else name)


def _quoted(text: str) -> Kind | None:
    try:
        return kind_of(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return None


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _all(hints: list[ast.expr]) -> Kind | None:
    kinds = [kind_of(hint) for hint in hints]
    known = [kind for kind in kinds if kind is not None]
    return either(known) if len(known) == len(kinds) else None


def _generic(name: str, inner: ast.expr) -> Kind | None:  # noqa: PLR0911 - a line for each family
    inside = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Literal":
        return OneOf(tuple(_literal(each) for each in inside))
    if name in {"Annotated", "Final"}:
        return kind_of(inside[0])
    if name in {"Optional", "Union"}:
        found = _all(inside)
        return either([found, NOTHING]) if found and name == "Optional" else found
    if name in {"tuple", "Tuple"}:
        return _tuple(inside)
    kinds = [kind_of(each) for each in inside]
    known = [kind for kind in kinds if kind is not None]
    if len(known) != len(kinds):
        return None
    if name in _TABLES and len(known) == 2:
        return Table(known[0], known[1])
    return _container(name, known[0])


def _container(name: str, of: Kind) -> Kind | None:
    if name in _LISTS:
        others = _OTHERS[name]
        keys = isinstance(of, Whole | Real | Text | Exact | OneOf)
        others = others if keys else others[:1]
        return Items("list", of, others=others, text=bool(others) and of == Text())
    if name in {"set", "Set", "AbstractSet", "MutableSet"}:
        return Items("set", of)
    return Items("frozenset", of) if name in {"frozenset", "FrozenSet"} else None


def _tuple(inside: list[ast.expr]) -> Kind | None:
    if len(inside) == 2 and isinstance(inside[1], ast.Constant) and inside[1].value is ...:
        of = kind_of(inside[0])
        return Items("tuple", of) if of else None
    kinds = [kind_of(each) for each in inside]
    known = [kind for kind in kinds if kind is not None]
    return Fixed(tuple(known)) if len(known) == len(kinds) else None


def _literal(node: ast.expr) -> Value:
    value: Value = ast.literal_eval(node)
    return value
