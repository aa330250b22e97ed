from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor.sandbox import Call, Opaque, Raised, Returned, Value
from successor.subjects.program.accuracy import as_written, score, ulps
from successor.subjects.program.agreement import (
    MARK,
    Failed,
    agrees,
    answered,
    same,
    told,
    told_apart,
)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(plain)
def test_everything_agrees_with_itself(value: Value):
    assert same(value, value, 0.0)
    assert agrees(Returned(value), Returned(value), 0.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0), (1, True), ([1], (1,)), ({1}, {True}), ({1: 2}, {True: 2}), ("a", b"a"),
        (math.nan, 0.0), (math.inf, 1e308), ([1, 2], [1]), ({1}, frozenset({1})), (0.1, 0.2),
    ],
)  # fmt: skip
def test_types_and_values_count(one: Value, other: Value):
    assert not same(one, other, 1e-9)
    assert not same(other, one, 1e-9)


def test_floats_agree_within_the_tolerance():
    assert same([0.1 + 0.2], [0.3], 1e-9)
    assert not same([0.1 + 0.2], [0.3], 0.0)
    assert same({"a": math.nan}, {"a": math.nan}, 0.0)


def test_exceptions_agree_by_type():
    assert agrees(Raised("ValueError", "one"), Raised("ValueError", "other"), 0.0)
    assert not agrees(Raised("ValueError", ""), Raised("TypeError", ""), 0.0)
    assert not agrees(Returned(None), Raised("TypeError", ""), 0.0)
    assert not agrees(Opaque("a.B"), Opaque("a.B"), 0.0), "only the classes could be compared"
    assert not agrees(Failed("timeout"), Failed("timeout"), 0.0)


def test_running_out_leaves_nothing_to_preserve():
    assert not answered(Raised("RecursionError", ""))
    assert not answered(Failed("timeout"))
    assert answered(Raised("ValueError", ""))


def test_what_is_told_is_one_printable_line():
    assert told(Returned("a\n\x1b[31mb")).isprintable()
    assert len(told(Returned("a" * 1000))) == 60


def test_what_becomes_of_arguments_is_told_where_nothing_else_differs():
    one, other = (Returned((MARK, 3, [[1], 2], {"key": each})) for each in ("a", "b"))
    assert told(one) == "3"
    assert told_apart(one, other) == (
        "3 and leaves ([1], 2, 'a')", "3 and leaves ([1], 2, 'b')",
    )  # fmt: skip
    assert told_apart(one, Returned((MARK, 4, [], {}))) == ("3", "4")


def test_floats_are_the_fractions_that_they_are_written_as():
    call = as_written(Call((0.1, [0.5, 2], "0.1"), {"b": 1e-3}))
    assert call == Call((Fraction(1, 10), [Fraction(1, 2), 2], "0.1"), {"b": Fraction(1, 1000)})
    assert as_written(Call((math.nan,))) is None


def test_distance_is_counted_in_units_in_the_last_place():
    exact = Fraction(3, 10)
    assert ulps(exact, 0.3) == 0.0
    assert ulps(exact, 0.1 + 0.2) == 1.0
    assert ulps([exact], [0.3]) == 0.0
    assert ulps([exact], (0.3,)) == math.inf
    assert ulps(3, 3) == 0.0
    assert ulps(3, 4) == math.inf
    assert ulps(exact, math.nan) == math.inf
    assert ulps(Fraction(10) ** 400, math.inf) == 0.0
    assert (score(0.0), score(1.0), score(math.inf)) == (1.0, 0.5, 0.0)
