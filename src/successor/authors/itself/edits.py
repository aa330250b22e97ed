"""Edits of a source, by bytes, and what the points of the cube [0, 1]^n say of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("reals", "choices", "order")
TASK = "task"
"""What a function that can tell the kind and the time calls its parameter."""
MIDDLE = 0.5
_STILL = 0.3
"""So near to the middle nothing changes: of what a point drawn by lot says, three parts in five."""


@dataclass(frozen=True)
class Edit:
    """What stands from `first` to before `last`, in bytes of UTF-8, becomes this text."""

    first: int
    last: int
    text: str


def edited(source: str, edits: Iterable[Edit]) -> str:
    """The source after edits that do not overlap; texts put in at one place keep their order."""
    data, parts, start = source.encode(), list[bytes](), 0
    for edit in sorted(edits, key=lambda each: each.first):
        parts += [data[start : edit.first], edit.text.encode()]
        start = edit.last
    return b"".join([*parts, data[start:]]).decode()


def offset(source: str, line: int, column: int) -> int:
    """Bytes before a place as syntax trees tell it: lines from 1, columns in bytes from 0."""
    lines = source.encode().splitlines(keepends=True)
    return sum(map(len, lines[: line - 1])) + column


def setting(place: float, reach: float) -> float:
    """How far something is turned: 0 around the middle, `reach` at the ends."""
    away = place - MIDDLE
    if abs(away) <= _STILL:
        return 0.0
    beyond = (abs(away) - _STILL) / (MIDDLE - _STILL)
    return reach * beyond if away > 0 else -reach * beyond
