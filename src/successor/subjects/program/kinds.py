"""Kinds of arguments, and how one of a size is drawn.

The generator is our own and not Hypothesis's because the same draw has to ask the same
questions for as long as a record is kept, at sizes that a race chooses. Hypothesis looks for
the edges (see `edges`).
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Literal, Protocol, TypeAlias

from successor.sandbox import Value
from successor.sandbox.texts import shown

LETTERS = string.ascii_lowercase
MOSTLY = 0.75
"""How often a container is drawn as those that were seen were, where nothing says that it must."""
WORD = 8
"""Longest text within a container."""


@dataclass(frozen=True)
class Scale:
    """How large one call's arguments are to be."""

    size: int
    shared: int | None = None
    """Length of every container of the call, when they are to be equally long."""
    grid: bool = False
    """Whether containers within containers have that length too; they are short otherwise."""
    depth: int = 0
    """Containers around this value."""
    heavy: bool = False
    """Only the upper quarter of the size, and nothing negative: for timing."""

    def spread(self, rng: Random, size: int) -> int:
        """A whole number up to `size`, mostly in its upper half."""
        if self.heavy:
            return rng.randint(size - size // 4, size)
        return rng.randint(size // 2 if rng.random() < 0.75 else 0, size)

    def length(self, rng: Random) -> int:
        """How many elements a container has."""
        if self.shared is not None and (self.grid or not self.depth):
            return self.shared
        return self.spread(rng, min(WORD, self.size) if self.depth else self.size)

    def inside(self) -> Scale:
        """The scale of the elements of a container."""
        return replace(self, depth=self.depth + 1)


class Kind(Protocol):
    """The values that an argument may have."""

    def draw(self, rng: Random, scale: Scale) -> Value: ...
    @property
    def told(self) -> str:
        """As people say it."""
        ...


@dataclass(frozen=True)
class Whole:
    """Whole numbers; the size is their magnitude, or within containers that of a few."""

    low: int | None = None
    high: int | None = None

    def draw(self, rng: Random, scale: Scale) -> Value:
        top = rng.choice((10, 1000, max(10, scale.size))) if scale.depth else scale.size
        top = top if self.high is None else min(top, self.high)
        value = rng.randint(0, top) if scale.depth else scale.spread(rng, top)
        if self.low is None and rng.random() < 0.25 and not (scale.heavy and not scale.depth):
            return -value
        return value if self.low is None else max(self.low, value)

    @property
    def told(self) -> str:
        if self.low is None:
            return "whole numbers"
        return f"whole numbers from {self.low}" + ("" if self.high is None else f" to {self.high}")


@dataclass(frozen=True)
class Real:
    """Floats, some as people write them, and whole numbers where those are accepted too."""

    whole: bool = False

    def draw(self, rng: Random, scale: Scale) -> Value:
        how, top = rng.random(), float(max(1, scale.size))
        if how < 0.5:
            return round(rng.uniform(-top, top), rng.randint(1, 3))
        if how < 0.8:
            return rng.uniform(-top, top)
        if how < 0.9:
            return rng.uniform(-1, 1) * 10.0 ** rng.randint(-12, 12)
        whole = rng.randint(-scale.size, scale.size)
        return whole if self.whole else float(whole)

    @property
    def told(self) -> str:
        return "floats and whole numbers" if self.whole else "floats"


@dataclass(frozen=True)
class Exact:
    """Fractions."""

    def draw(self, rng: Random, scale: Scale) -> Value:
        return Fraction(rng.randint(-scale.size, scale.size), rng.randint(1, max(1, scale.size)))

    @property
    def told(self) -> str:
        return "fractions"


@dataclass(frozen=True)
class Text:
    """Text over an alphabet; the size is its length."""

    alphabet: str = LETTERS[:4] + " " + string.digits[:2]
    raw: bool = False

    def draw(self, rng: Random, scale: Scale) -> Value:
        inner = replace(scale, grid=False)
        text = "".join(rng.choices(self.alphabet, k=inner.length(rng)))
        return text.encode() if self.raw else text

    @property
    def told(self) -> str:
        return "bytes" if self.raw else "text"


@dataclass(frozen=True)
class OneOf:
    """Some values: booleans, None, literals."""

    values: tuple[Value, ...]

    def draw(self, rng: Random, scale: Scale) -> Value:
        return rng.choice(self.values)

    @property
    def told(self) -> str:
        return " or ".join(shown(value) for value in self.values)


Shape: TypeAlias = Literal["list", "tuple", "set", "frozenset"]
MAKE: Mapping[Shape, type[list[Value] | tuple[Value, ...] | set[Value] | frozenset[Value]]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}


@dataclass(frozen=True)
class Items:
    """Containers of one kind of element; the size is their length."""

    shape: Shape
    of: Kind
    least: int = 0
    ascending: bool = False
    promised: bool = False
    """Whether its docstring says that it ascends; else it was only seen to, and may not."""
    others: tuple[Shape, ...] = ()
    """Containers that pass for this one too: they are drawn at the edges."""
    text: bool = False
    """Whether text passes for it too, as a sequence of texts: it is drawn at the edges."""

    def draw(self, rng: Random, scale: Scale) -> Value:
        length = max(self.least, scale.length(rng))
        drawn = [self.of.draw(rng, scale.inside()) for _ in range(length)]
        if self.promised or (self.ascending and rng.random() < MOSTLY):
            drawn.sort(key=order)
        return MAKE[self.shape](drawn)

    @property
    def told(self) -> str:
        shapes = " or ".join((self.shape, *self.others, *(["text"] if self.text else [])))
        drawn = "ascending " if self.promised else "mostly ascending " if self.ascending else ""
        return f"{drawn}{shapes} of {self.of.told}"


@dataclass(frozen=True)
class Fixed:
    """Tuples with one kind for each place."""

    of: tuple[Kind, ...]

    def draw(self, rng: Random, scale: Scale) -> Value:
        return tuple(each.draw(rng, scale.inside()) for each in self.of)

    @property
    def told(self) -> str:
        return f"tuple of ({', '.join(each.told for each in self.of)})"


@dataclass(frozen=True)
class Table:
    """Dictionaries; the size is their length."""

    key: Kind
    value: Kind

    def draw(self, rng: Random, scale: Scale) -> Value:
        inner = scale.inside()
        return {
            self.key.draw(rng, inner): self.value.draw(rng, inner) for _ in range(scale.length(rng))
        }

    @property
    def told(self) -> str:
        return f"dict from {self.key.told} to {self.value.told}"


@dataclass(frozen=True)
class Either:
    """Any of several kinds."""

    of: tuple[Kind, ...]

    def draw(self, rng: Random, scale: Scale) -> Value:
        return rng.choice(self.of).draw(rng, scale)

    @property
    def told(self) -> str:
        return " or ".join(each.told for each in self.of)


def either(kinds: list[Kind]) -> Kind:
    """Any of these; just the one when they are all the same."""
    distinct = tuple(dict.fromkeys(kinds))
    return distinct[0] if len(distinct) == 1 else Either(distinct)


def holds(kind: Kind) -> frozenset[type]:  # noqa: PLR0911 - a line for each kind
    """The types of the values of a kind, as a person would list them."""
    match kind:
        case Whole():
            return frozenset({int, bool})  # a bool passes for a number all over Python
        case Real():
            return frozenset({float, int, bool})
        case Text(raw=raw):
            return frozenset({bytes if raw else str})
        case OneOf(values):
            return frozenset(type(value) for value in values)
        case Items(shape=shape, others=others, text=text):
            return frozenset((*(MAKE[each] for each in (shape, *others)), *([str] if text else [])))
        case Either(of):
            return frozenset[type]().union(*(holds(each) for each in of))
        case Fixed():
            return frozenset({tuple})
        case Table():
            return frozenset({dict})
        case _:
            return frozenset({Fraction, int, float, bool})


def has_container(kind: Kind) -> bool:
    """Whether its size is a length."""
    match kind:
        case Items() | Fixed() | Table() | Text():
            return True
        case Either(of):
            return any(has_container(each) for each in of)
        case _:
            return False


def has_magnitude(kind: Kind) -> bool:
    """Whether its size is a magnitude that may matter to how long it takes."""
    match kind:
        case Whole() | Exact():
            return True
        case Either(of):
            return any(has_magnitude(each) for each in of)
        case _:
            return False


def order(value: Value) -> tuple[str, Fraction | float | str]:
    """Sorts numbers among themselves, all else by type and then as written."""
    if isinstance(value, int | float | Fraction):
        return "", value
    return type(value).__name__, value if isinstance(value, str) else shown(value)
