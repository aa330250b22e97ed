"""Texts that a program wrote, or values that it made, as they may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

KEPT = "\n\t"
BRACKETS: Mapping[object, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ",)"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}


def cleaned(text: str) -> str:
    """The text with control characters, and what turns the direction of a line, spelled out.

    On a terminal they would move the cursor, or change what is already there.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in KEPT else _spelled(each) for each in text)


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def shown(value: object) -> str:
    """The repr of plain data, whatever it is: integers too long for Python's are hexadecimal."""
    try:
        return repr(value)
    except ValueError:
        return _at_length(value)


def _at_length(value: Any) -> str:  # noqa: ANN401 - plain data, taken apart by type
    kind = cast("object", type(value))
    if kind is int:
        return hex(value)
    if kind is Fraction:
        return f"Fraction({shown(value.numerator)}, {shown(value.denominator)})"
    if kind is dict:
        pairs = ", ".join(f"{shown(key)}: {shown(each)}" for key, each in value.items())
        return f"{{{pairs}}}"
    before, after = BRACKETS.get(kind, ("<", ">"))
    return f"{before}{', '.join(map(shown, value))}{after}"
