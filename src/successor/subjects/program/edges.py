"""Arguments at the edges of their kinds, where rewritten code breaks: looked for by Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence

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

Strategy = st.SearchStrategy[Value]
_LONG = 10
"""Most elements in a container: edges are small."""


def strategy(  # noqa: PLR0911 - a line for each kind
    kind: Kind, largest: int, *, inside: bool = False
) -> Strategy:
    """What Hypothesis draws for a kind.

    Args:
        largest: magnitude up to which whole numbers are drawn; lengths stay small anyhow.
    """
    match kind:
        case Whole(low, high):
            bound = 2**70 if inside else largest
            least = -bound if low is None else low
            return st.integers(least, max(least, min(bound, bound if high is None else high)))
        case Real(whole):
            numbers = [st.floats(), st.integers(-(2**60), 2**60)]
            return st.one_of(numbers if whole else numbers[:1])
        case Exact():
            return st.fractions()
        case Text(alphabet, raw):
            return st.binary(max_size=_LONG) if raw else _text(alphabet)
        case OneOf(values):
            return st.sampled_from(values)
        case Fixed(of):
            return st.tuples(*(strategy(each, largest, inside=True) for each in of))
        case Table(key, value):
            keys, values = (strategy(each, largest, inside=True) for each in (key, value))
            return st.dictionaries(keys, values, max_size=_LONG)
        case Either(of):
            return st.one_of([strategy(each, largest, inside=inside) for each in of])
        case Items():
            return _items(kind, largest)
        case _:
            raise AssertionError(kind)


def _text(alphabet: str) -> Strategy:
    any_character = st.characters(exclude_categories=["Cs"])
    return st.text(st.one_of([st.sampled_from(alphabet), any_character]), max_size=_LONG)


def _items(kind: Items, largest: int) -> Strategy:
    inner = strategy(kind.of, largest, inside=True)
    if kind.ascending:
        inner = inner.filter(lambda value: value == value)  # noqa: PLR0124 - no order with NaN
    lists = st.lists(inner, min_size=kind.least, max_size=min(_LONG, max(1, largest)))
    if kind.ascending:
        return lists.map(lambda drawn: MAKE[kind.shape](sorted(drawn, key=order)))
    return lists if kind.shape == "list" else lists.map(MAKE[kind.shape])


def draw_edges(
    rows: Sequence[Sequence[Kind]], largest: int, count: int, chance: int
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

    alternatives = [st.tuples(*(strategy(kind, largest) for kind in row)) for row in rows]
    seed(chance)(rules(given(st.one_of(alternatives))(collect)))()
    return found[:count]
