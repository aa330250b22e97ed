"""What arguments a function takes, as far as hints, docstring, tests and calls tell."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from successor.sandbox import Call, Value
from successor.subjects.program import hints, observed
from successor.subjects.program.docstrings import refined
from successor.subjects.program.kinds import (
    Either,
    Fixed,
    Items,
    Kind,
    Scale,
    Table,
    Text,
    Whole,
    has_container,
    has_magnitude,
    holds,
)
from successor.subjects.program.syntax import Function, Parameter, parameters
from successor.subjects.program.variations import varied

_NUMBERS = frozenset({int, float, bool})
_FOREIGN: tuple[Value, ...] = (None, "7", 3, 2.5, 4.0, [1, 2], {"a": 1}, b"7", (1, 2))
"""One value of each type that people pass by mistake."""
_MIXED: tuple[list[Value], ...] = (
    [3.0, 3.0, 1.0, math.nan, 2.0],
    [2, True, 1.0, 1, False],
    [frozenset({2}), frozenset({1, 2}), frozenset({1})],
    ["b", "a", "ab"],
    [(2, 1), (1,), (1, 2)],
    [1, None],
)
"""Containers of what may stand in one: no order at all, or one of which not all are part."""


@dataclass(frozen=True)
class Argument:
    """One parameter with the kind of value that it takes."""

    parameter: Parameter
    kind: Kind
    source: str
    """Where that is known from: "hint", "calls", "default", "trying"."""

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def optional(self) -> bool:
        return self.parameter.default is not None


@dataclass(frozen=True)
class Contract:
    """Alternatives of what goes in together, and how to draw it."""

    rows: tuple[tuple[Argument, ...], ...]
    shared: bool
    """Whether all containers of a call are equally long in every call that was seen."""
    literals: tuple[Value, ...] = ()
    """Numbers and text that are written in the program."""

    def draw(self, rng: Random, size: int, *, heavy: bool = False) -> Call:
        """The arguments of one call of a size.

        Args:
            heavy: only what takes as long as the size suggests.
        """
        row, given = self._drawn(rng, size, heavy=heavy)
        return _call(row, given, rng)

    def draw_varied(self, rng: Random, size: int) -> Call:
        """The arguments of one call that was drawn and then varied: see `variations`."""
        row, given = self._drawn(rng, size, heavy=False)
        return _call(row, varied([each.kind for each in row], given, rng, even=self.shared), rng)

    def draw_long(self, rng: Random, length: int) -> Call:
        """The arguments of one call in which every container has exactly that length."""
        row = rng.choice(self.rows)
        scale = Scale(length, length, heavy=True)
        return _call(row, [each.kind.draw(rng, scale) for each in row], None)

    def _drawn(
        self, rng: Random, size: int, *, heavy: bool
    ) -> tuple[tuple[Argument, ...], list[Value]]:
        row = rng.choice(self.rows)
        together = self.shared or rng.random() < 0.5
        length = Scale(size, heavy=heavy).length(rng) if together else None
        scale = Scale(size, length, self.shared, heavy=heavy)
        return row, [each.kind.draw(rng, scale) for each in row]

    def draw_wrong(self, rng: Random, size: int, names: Sequence[str]) -> tuple[Call, str]:
        """A call with one argument of a wrong type, and that argument's name.

        Args:
            names: parameters that may be wrong, at least one.
        """
        row = rng.choice(self.rows)
        chosen = rng.choice([each for each in row if each.name in names])
        scale = Scale(size, Scale(size).length(rng), grid=True)
        given = [each.kind.draw(rng, scale) for each in row]
        given[row.index(chosen)] = rng.choice(self.foreign(chosen))
        return _call(row, given, None), chosen.name

    def foreign(self, argument: Argument) -> list[Value]:
        """Values of types that the argument does not have; numbers count as one type, where a hint
        asks for one.
        """
        mine = {held for row in self.rows for each in row if each.name == argument.name
                for held in holds(each.kind)}  # fmt: skip
        if mine & _NUMBERS and argument.source == "hint":
            mine |= _NUMBERS
        found = [value for value in _FOREIGN if type(value) not in mine]
        if argument.source != "hint":
            found += [make(each) for make in (list, tuple) if make in mine for each in _MIXED]
        return found

    def names(self, sources: Sequence[str] | None = None) -> tuple[str, ...]:
        """The parameters that some wrong type exists for, in their order."""
        found = [
            each.name
            for row in self.rows
            for each in row
            if (sources is None or each.source in sources) and self.foreign(each)
        ]
        return tuple(dict.fromkeys(found))

    @property
    def edges(self) -> tuple[tuple[Kind, ...], ...]:
        """Kinds for hypothesis: whole numbers may be negative there, and containers empty and in
        any order, whatever was seen; what a hint says holds there with nothing taken off.
        """
        return tuple(
            tuple(_widened(each.kind, hinted=each.source == "hint") for each in row)
            for row in self.rows
        )

    @property
    def has_container(self) -> bool:
        """Whether a size is a length rather than a magnitude."""
        return any(has_container(each.kind) for row in self.rows for each in row)

    @property
    def has_magnitude(self) -> bool:
        """Whether a size is the magnitude of a whole number."""
        return any(has_magnitude(each.kind) for row in self.rows for each in row)

    def edge_call(self, values: Sequence[Value]) -> Call:
        """Values drawn for `edges`, as a call."""
        row = next((row for row in self.rows if len(row) == len(values)), self.rows[0])
        return _call(row, list(values), None)

    def told(self) -> Iterator[str]:
        """One line for each argument: what it takes, and how that is known."""
        for number in range(max((len(row) for row in self.rows), default=0)):
            places = [row[number] for row in self.rows if len(row) > number]
            kinds = dict.fromkeys(each.kind.told for each in places)
            by = f"by {_BY[places[0].source]}"
            if isinstance(places[0].kind, Items) and places[0].kind.promised:
                by += " and docstring"
            if places[0].source == "hint" and any(_is_seen(each.kind) for each in places):
                by = f"as seen; at the edges any {by}"
            yield f"{places[0].name}: {' or '.join(kinds)} ({by})"


def _is_seen(kind: Kind) -> bool:
    """Whether it is only a part of what a hint allows."""
    if isinstance(kind, Items):
        return _is_seen(kind.of) or (kind.ascending and not kind.promised)
    return isinstance(kind, Whole) and kind.high is not None


_BY = {
    "hint": "its type hint",
    "calls": "the calls that were seen",
    "default": "its default",
    "trying": "trying",
}


def _call(row: Sequence[Argument], given: list[Value], rng: Random | None) -> Call:
    """Positional arguments, some optional ones left out, and keywords by name."""
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    leave = rng is not None and any(each.optional for each in row) and rng.random() < 0.5
    for argument, value in zip(row, given, strict=True):
        if leave and argument.optional:
            continue
        if argument.parameter.kind == "keyword":
            kwargs[argument.name] = value
        elif argument.parameter.kind == "rest" and isinstance(value, list):
            args += value
        else:
            args.append(value)
    return Call(tuple(args), kwargs)


def _widened(kind: Kind, *, hinted: bool, inside: bool = False) -> Kind:
    widened = partial(_widened, hinted=hinted)
    match kind:
        case Whole(high=high) if hinted or (high is None and not inside):
            return Whole()
        case Items(of=of, promised=promised):
            of = widened(of, inside=True)
            return replace(kind, of=of, least=0, ascending=promised)
        case Fixed(of):
            return Fixed(tuple(widened(each, inside=True) for each in of))
        case Table(key, value):
            return Table(widened(key, inside=True), widened(value, inside=True))
        case Either(of):
            return Either(tuple(widened(each, inside=inside) for each in of))
        case _:
            return kind


def known_arguments(node: Function, calls: Sequence[Call]) -> list[Argument | Parameter]:
    """Each parameter with its kind, or as it is when nothing tells; optional ones that nothing
    tells about are left out.
    """
    docstring = ast.get_docstring(node) or ""
    given = parameters(node)
    seen = values_by_name(given, calls)
    found: list[Argument | Parameter] = []
    for parameter in given:
        argument = _known(parameter, seen.get(parameter.name, []))
        if argument is not None:
            unsorted = any(not observed.ascends(value) for value in seen.get(parameter.name, []))
            kind = refined(
                argument.kind, argument.name, docstring, alone=len(given) == 1, unsorted=unsorted
            )
            found.append(Argument(parameter, kind, argument.source))
        elif parameter.default is None and parameter.kind != "rest":
            found.append(parameter)
    return found


def _known(parameter: Parameter, seen: list[Value]) -> Argument | None:
    hinted = hints.kind_of(parameter.hint) if parameter.hint else None
    if hinted is not None and hinted != hints.ANYTHING:
        kind = Items("list", hinted) if parameter.kind == "rest" else hinted
        return Argument(parameter, _narrowed(kind, observed.kind_of(seen)), "hint")
    if kind := observed.kind_of(seen):
        return Argument(parameter, kind, "calls")
    default = _literal(parameter.default)
    if default and (kind := observed.kind_of(default)):
        return Argument(parameter, kind, "default")
    return None


def _narrowed(hinted: Kind, seen: Kind | None) -> Kind:
    """What was seen, where it is a special case of what is hinted: sorted, not negative."""
    match hinted, seen:
        case Whole(), Whole():
            return seen
        case Text(raw=mine), Text(raw=theirs) if mine == theirs:
            return seen
        case Items(), Items() if hinted.shape == seen.shape:
            of = _narrowed(hinted.of, seen.of)
            return replace(hinted, of=of, least=seen.least, ascending=seen.ascending)
        case _:
            return hinted


def _literal(default: ast.expr | None) -> list[Value]:
    try:
        return [ast.literal_eval(default)] if default else []
    except ValueError:
        return []


def values_by_name(given: Sequence[Parameter], calls: Sequence[Call]) -> Mapping[str, list[Value]]:
    """The values that each parameter had in some calls."""
    places = [each for each in given if each.kind == "positional"]
    rest = next((each.name for each in given if each.kind == "rest"), None)
    seen: dict[str, list[Value]] = {}
    for call in calls:
        for parameter, value in zip(places, call.args, strict=False):
            seen.setdefault(parameter.name, []).append(value)
        if rest:
            seen.setdefault(rest, []).append(list(call.args[len(places) :]))
        for name, value in call.kwargs.items():
            seen.setdefault(name, []).append(value)
    return seen


def all_shared(calls: Sequence[Call], rows: Sequence[Sequence[Argument]]) -> bool:
    """Whether the containers of each call are equally long, or are grids: then only such are
    drawn, since a function that multiplies matrices promises nothing for ragged ones.
    """
    grids = any(_is_grid(each.kind) and each.source != "trying" for row in rows for each in row)
    if grids and not any(_ragged(value) for call in calls for value in call.args):
        return True
    several = [lengths for call in calls if len(lengths := _lengths(call)) > 1]
    return len(several) > 1 and all(len(set(lengths)) == 1 for lengths in several)


def _lengths(call: Call) -> list[int]:
    return [len(each) for each in call.args if isinstance(each, list | tuple | dict | set)]


def _ragged(value: Value) -> bool:
    rows = value if isinstance(value, list | tuple) else ()
    return len({len(row) for row in rows if isinstance(row, list | tuple)}) > 1


def _is_grid(kind: Kind) -> bool:
    return isinstance(kind, Items) and isinstance(kind.of, Items)
