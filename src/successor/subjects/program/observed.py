"""Kinds of arguments from the values that were seen there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from successor.sandbox import Value
from successor.subjects.program.kinds import (
    LETTERS,
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

_SHAPES: dict[type, Shape] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}
_FEW = 10
"""Numbers in containers that are all smaller than this are digits, choices or flags."""


def kind_of(values: Sequence[Value], *, inside: bool = False) -> Kind | None:
    """The kind of which all values are; None when there are none, or one that cannot be drawn."""
    by_type: dict[type, list[Value]] = {}
    for value in values:
        by_type.setdefault(type(value), []).append(value)
    if float in by_type:
        by_type[float] += by_type.pop(int, [])
    kinds = [_of_type(found, seen, inside=inside) for found, seen in by_type.items()]
    known = [kind for kind in kinds if kind is not None]
    return either(known) if known and len(known) == len(kinds) else None


def _of_type(  # noqa: PLR0911 - a line for each type
    found: type, seen: list[Value], *, inside: bool
) -> Kind | None:
    if found in {bool, type(None)}:
        return OneOf((False, True) if found is bool else (None,))
    if found is int:
        return _whole([value for value in seen if isinstance(value, int)], inside=inside)
    if found is float:
        return Real(whole=any(type(value) is int for value in seen))
    if found is Fraction:
        return Exact()
    if found in {str, bytes}:
        return _text(seen)
    if found is dict:
        return _table([value for value in seen if isinstance(value, dict)])
    return _items(found, seen) if found in _SHAPES else None


def _whole(seen: list[int], *, inside: bool) -> Kind:
    small = inside and len(seen) > 3 and min(seen) >= 0 and max(seen) < _FEW
    return Whole(0 if min(seen) >= 0 else None, max(seen) if small else None)


def _text(seen: list[Value]) -> Kind:
    """Text over the characters that were seen, and a few others."""
    texts = [value.decode("latin-1") if isinstance(value, bytes) else value for value in seen]
    used = sorted({letter for text in texts if isinstance(text, str) for letter in text})
    letters = "".join(used)
    more = LETTERS[:3] if not letters or letters.islower() else ""
    return Text(letters + more, raw=isinstance(seen[0], bytes))


def _table(seen: list[dict[Value, Value]]) -> Kind | None:
    key = kind_of([key for table in seen for key in table], inside=True)
    value = kind_of([value for table in seen for value in table.values()], inside=True)
    return Table(key, value) if key and value else None


def _items(found: type, seen: list[Value]) -> Kind | None:
    rows = [list(value) for value in seen if isinstance(value, list | tuple | set | frozenset)]
    lengths = {len(row) for row in rows}
    if found is tuple and len(lengths) == 1 and _mixed(rows):
        places = [kind_of(place, inside=True) for place in zip(*rows, strict=True)]
        known = [place for place in places if place is not None]
        return Fixed(tuple(known)) if len(known) == len(places) else None
    of = kind_of([each for row in rows for each in row], inside=True)
    if of is None:
        return Items(_SHAPES[found], Whole()) if lengths == {0} else None
    least = min(1, *lengths) if len(lengths) > 1 else min(1, *lengths, 1)
    return Items(_SHAPES[found], of, least, ascending=_ascending(found, rows))


def _mixed(rows: list[list[Value]]) -> bool:
    """Whether tuples look like records: a pair, or places of different types."""
    return len(rows[0]) in {2, 3} or any(len({type(each) for each in row}) > 1 for row in rows)


def _ascending(found: type, rows: list[list[Value]]) -> bool:
    """Whether every list seen is sorted, and enough were seen for that to be no accident."""
    if found not in {list, tuple}:
        return False
    telling = [row for row in rows if len(row) >= 3 and len(set(map(repr, row))) > 1]
    return len(telling) >= 3 and all(_sorted(row) for row in telling)


def ascends(value: Value) -> bool:
    """Whether a value is no list of numbers or of text, or one whose elements ascend."""
    if not isinstance(value, list | tuple) or not value:
        return True
    numbers = all(isinstance(each, int | float) for each in value)
    words = all(isinstance(each, str) for each in value)
    return not (numbers or words) or _sorted([*value])


def _sorted(row: list[Value]) -> bool:
    numbers = [each for each in row if isinstance(each, int | float)]
    words = [each for each in row if isinstance(each, str)]
    return (len(numbers) == len(row) and all(a <= b for a, b in pairwise(numbers))) or (
        len(words) == len(row) and all(a <= b for a, b in pairwise(words))
    )
