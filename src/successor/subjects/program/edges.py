"""Arguments at the edges of their kinds, where rewritten code breaks: looked for by Hypothesis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from successor.sandbox import Value
from successor.subjects.program.kinds import (
    MAKE,
    Either,
    Exact,
    Fixed,
    Items,
    Kind,
    OneOf,
    Real,
    Table,
    Text,
    Whole,
    order,
)
from successor.subjects.program.storing import from_nowhere, out_of_the_way

Strategy = st.SearchStrategy[Value]
_LONG = 10
"""Most elements in a container: edges are small."""
_SMALL = range(-2, 13)
"""Whole numbers at which loops begin and end."""
_FITS = 2.0**1000
"""Whole numbers below it are floats too."""
_TELLING = (math.nan, math.inf, -math.inf, -0.0, 0.0, 1.0, 2.0)
"""Floats that are no order, no number, or equal to a whole number."""


@dataclass(frozen=True)
class Edges:
    """What Hypothesis draws for a kind."""

    largest: int
    """Magnitude up to which whole numbers are drawn; lengths stay small anyhow."""
    literals: tuple[Value, ...] = ()
    """Numbers and text in the program, where its branches may part."""

    def of(  # noqa: PLR0911 - a line for each kind
        self, kind: Kind, *, inside: bool = False
    ) -> Strategy:
        """The strategy of a kind."""
        match kind:
            case Whole():
                return self._whole(kind, 2**70 if inside else self.largest)
            case Real(whole):
                return self._real(whole=whole)
            case Exact():
                return st.fractions()
            case Text(alphabet, raw):
                return st.binary(max_size=_LONG) if raw else self._text(alphabet)
            case OneOf(values):
                return st.sampled_from(values)
            case Fixed(of):
                return st.tuples(*(self.of(each, inside=True) for each in of))
            case Table(key, value):
                keys, values = (self.of(each, inside=True) for each in (key, value))
                return st.dictionaries(keys, values, max_size=_LONG)
            case Either(of):
                return st.one_of([self.of(each, inside=inside) for each in of])
            case Items():
                return self._items(kind)
            case _:
                raise AssertionError(kind)

    def _whole(self, kind: Whole, bound: int) -> Strategy:
        least = -bound if kind.low is None else kind.low
        most = max(least, min(bound, bound if kind.high is None else kind.high))
        written = [sign * each for each in self.literals if isinstance(each, int)
                   for sign in (1, -1)]  # fmt: skip
        near = {each + by for each in written for by in (-1, 0, 1)}
        wide: Strategy = st.integers(least, most)
        some = [[n for n in sorted(each) if least <= n <= most] for each in (_SMALL, near)]
        return st.one_of([wide, *(st.sampled_from(each) for each in some if each)])

    def _real(self, *, whole: bool) -> Strategy:
        written = [each for each in self.literals if isinstance(each, int | float)]
        telling = [*_TELLING, *(float(each) for each in written if abs(each) < _FITS)]
        numbers: list[Strategy] = [st.floats(), st.sampled_from(telling)]
        if whole:
            numbers += [st.integers(-(2**60), 2**60), st.sampled_from(_SMALL)]
        return st.one_of(numbers)

    def _text(self, alphabet: str) -> Strategy:
        any_character = st.characters(exclude_categories=["Cs"])
        text = st.text(st.one_of([st.sampled_from(alphabet), any_character]), max_size=_LONG)
        written = [each for each in self.literals if isinstance(each, str)]
        return st.one_of([text, text, st.sampled_from(written)]) if written else text

    def _items(self, kind: Items) -> Strategy:
        inner = self.of(kind.of, inside=True)
        if kind.ascending:
            inner = inner.filter(lambda value: value == value)  # noqa: PLR0124 - no order with NaN
        lists = st.lists(inner, min_size=kind.least, max_size=min(_LONG, max(1, self.largest)))
        drawn = lists.map(lambda each: sorted(each, key=order)) if kind.ascending else lists
        made = [drawn.map(MAKE[shape]) for shape in (kind.shape, *kind.others)]
        return st.one_of([*made, inner.map(str)] if kind.text else made)


@out_of_the_way()
@from_nowhere()
def draw_edges(
    rows: Sequence[Sequence[Kind]],
    largest: int,
    count: int,
    chance: int,
    literals: tuple[Value, ...] = (),
) -> list[tuple[Value, ...]]:
    """So many tuples of arguments; the same for the same version of Hypothesis.

    Args:
        rows: the kinds of arguments that go together, one alternative after another.
        chance: seed.
    """
    found: list[tuple[Value, ...]] = []
    rules = settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )

    def collect(drawn: tuple[Value, ...]) -> None:
        found.append(drawn)

    edges = Edges(largest, literals)
    alternatives = [st.tuples(*(edges.of(kind) for kind in row)) for row in rows]
    seed(chance)(rules(given(st.one_of(alternatives))(collect)))()
    return found[:count]
