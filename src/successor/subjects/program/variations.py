"""Calls that fresh draws hardly ever come near, and at which answers part: a text that reads the
same both ways but for one letter, two lists of the same items, something that is in a list.

They are made of what was drawn: no item is new, so that what is promised of the items still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

from successor.sandbox import Value
from successor.subjects.program.kinds import Items, Kind, Real, Text, Whole, order

SHARE = 3
"""Of so many calls, one is varied."""
_SLIGHT = 2
"""Most small changes that follow a large one."""

_Row: TypeAlias = list[Value]
_Way: TypeAlias = Callable[[_Row, Random], _Row]


def varied(kinds: Sequence[Kind], given: Sequence[Value], rng: Random, *, even: bool) -> _Row:
    """The same arguments, one of them made of itself or of another.

    Args:
        kinds: of the arguments, in their order.
        even: whether lengths have to stay as they are.
    """
    made = [*given]
    if not made:
        return made
    place = rng.randrange(len(made))
    kind = kinds[place]
    sources = [given[other] for other, its in enumerate(kinds) if other != place and its == kind]
    members = [value for its, value in zip(kinds, given, strict=True)
               if isinstance(its, Items) and its.of == kind and value]  # fmt: skip
    if members and rng.random() < 0.5:
        made[place] = rng.choice([*_items(rng.choice(members))])
    elif isinstance(kind, Whole | Real):
        made[place] = _number(kind, rng.choice(sources), rng) if sources else made[place]
    else:
        source = rng.choice(sources) if sources and rng.random() < 0.75 else made[place]
        made[place] = _row(kind, source, rng, even=even)
    return made


def _number(kind: Whole | Real, near: Value, rng: Random) -> Value:
    """That number, or one that is next to it."""
    if not isinstance(near, int | float) or isinstance(kind, Real):
        return near
    low = near - 1 if kind.low is None else max(kind.low, near - 1)
    high = near + 1 if kind.high is None else min(kind.high, near + 1)
    return rng.choice([near, near, low, high, *([-near] if kind.low is None else [])])


def _items(value: Value) -> _Row:
    match value:
        case list() | tuple() | str() | bytes():
            return [*value]
        case set() | frozenset():
            return sorted(value, key=order)
        case _:
            return []


def _row(kind: Kind, source: Value, rng: Random, *, even: bool) -> Value:
    """A container of the same items: in another order, or in part, and then slightly changed."""
    row = _items(source) if isinstance(kind, Items | Text) else []
    least = kind.least if isinstance(kind, Items) else 0
    if not row or not isinstance(source, list | tuple | str | bytes):
        return source
    row = rng.choice(_LARGE)(row, rng)
    for _ in range(rng.randint(0, _SLIGHT) if row else 0):
        shorter = (_dropped,) if len(row) > max(1, least) else ()
        row = rng.choice(_SLIGHTLY if even else (*_SLIGHTLY, _doubled, *shorter))(row, rng)
    if isinstance(kind, Items) and kind.promised:
        row.sort(key=order)
    return _like(source, kind, row)


def _like(source: Value, kind: Kind, row: _Row) -> Value:
    if isinstance(kind, Text):
        numbers = [each for each in row if isinstance(each, int)]
        return bytes(numbers) if kind.raw else "".join(map(str, row))
    return tuple(row) if isinstance(source, tuple) else row


def _same(row: _Row, _: Random) -> _Row:
    return [*row]


def _reversed(row: _Row, _: Random) -> _Row:
    return row[::-1]


def _shuffled(row: _Row, rng: Random) -> _Row:
    return rng.sample(row, len(row))


def _rising(row: _Row, _: Random) -> _Row:
    return sorted(row, key=order)


def _mirrored(row: _Row, _: Random) -> _Row:
    half = row[: (len(row) + 1) // 2]
    return half + row[: len(row) // 2][::-1]


def _repeated(row: _Row, rng: Random) -> _Row:
    """The beginning over and over: one item, or a few."""
    unit = row[: rng.randint(1, max(1, len(row) // 2))] if rng.random() < 0.5 else row[:1]
    return (unit * len(row))[: len(row)]


def _changed(row: _Row, rng: Random) -> _Row:
    new = [*row]
    new[rng.randrange(len(row))] = rng.choice(row)
    return new


def _swapped(row: _Row, rng: Random) -> _Row:
    one, other = rng.randrange(len(row)), rng.randrange(len(row))
    new = [*row]
    new[one], new[other] = new[other], new[one]
    return new


def _dropped(row: _Row, rng: Random) -> _Row:
    place = rng.randrange(len(row))
    return row[:place] + row[place + 1 :]


def _doubled(row: _Row, rng: Random) -> _Row:
    place = rng.randrange(len(row))
    return row[: place + 1] + row[place:]


_LARGE: tuple[_Way, ...] = (_same, _same, _reversed, _shuffled, _rising, _mirrored, _mirrored,
                            _repeated)  # fmt: skip
_SLIGHTLY: tuple[_Way, ...] = (_changed, _changed, _swapped)
