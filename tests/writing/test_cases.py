"""What a test claims is taken apart, worked out in the sandbox, and decided on outside of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from successor.sandbox import Call, Limits, Raised, Returned, Value
from successor.subjects.program.bench import Bench
from successor.writing.cases import Expected, meets, suite_of


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with closing(Bench(Limits())) as bench:
        yield bench


def read(text: str, bench: Bench) -> tuple[list[tuple[Call, Value, tuple[str, ...]]], int]:
    suite = suite_of(1, text, "f", bench)
    cases = [(each.call, each.expected.value, each.expected.raises) for each in suite.cases]
    return cases, suite.unread


def test_the_usual_ways_to_assert_are_understood(bench: Bench):
    text = """
import math
import pytest
from f import f
BIG = 10 ** 20

def test_equal():
    assert f(1, by=2) == 3, "why"
    assert 5 == f(2)
    assert f([1] * 3) is None and f(BIG) == math.inf

def test_named():
    xs = [1, 2]
    result = f(xs)
    assert result == [2, 1]

class TestMore:
    def test_flags(self):
        assert f(3)
        assert not f(4)

def test_near():
    assert f(0.1) == pytest.approx(0.3, abs=0.1)
    assert abs(f(0.2) - 0.5) < 0.01
    assert math.isclose(f(0.3), 0.6)

@pytest.mark.parametrize(("x", "y"), [(8, 9), (10, 11)])
def test_rows(x, y):
    assert f(x) == y

def test_raises():
    with pytest.raises((TypeError, ValueError), match="no"):
        f(None)
"""
    cases, unread = read(text, bench)
    assert unread == 0
    assert cases == [
        (Call((1,), {"by": 2}), 3, ()),
        (Call((2,)), 5, ()),
        (Call(([1, 1, 1],)), None, ()),
        (Call((10**20,)), float("inf"), ()),
        (Call(([1, 2],)), [2, 1], ()),
        (Call((3,)), True, ()),
        (Call((4,)), False, ()),
        (Call((0.1,)), 0.3, ()),
        (Call((0.2,)), 0.5, ()),
        (Call((0.3,)), 0.6, ()),
        (Call((8,)), 9, ()),
        (Call((10,)), 11, ()),
        (Call((None,)), None, ("TypeError", "ValueError")),
    ]


def test_what_is_not_understood_is_counted(bench: Bench):
    text = """
from f import f

def test_loop():
    for x in range(3):
        assert f(x) == x

def test_length():
    assert len(f(1)) == 2

def test_of_itself():
    assert f(f(1)) == 1

def test_reads():
    assert f(1) == open("/etc/passwd").read()

def test_ends():
    assert f(2) == exit()

def test_fixture(tmp_path):
    assert f(tmp_path) == 1
"""
    cases, unread = read(text, bench)
    assert cases == []
    assert unread == 6


def test_names_that_double_what_they_stand_for_are_not_followed_for_ever(bench: Bench):
    lines = [
        "    xs = [1]",
        *["    xs = xs + xs"] * 40,
        "    assert f(xs) == 1",
        "    assert f(2) == 2",
    ]
    deep = ["    n = 0", *["    n = -n"] * 5000, "    assert f(n) == 1"]
    for body, known in ((lines, 1), (deep, 0)):
        cases, unread = read("\n".join(["def test_it():", *body]), bench)
        assert (len(cases), unread) == (known, 1)


@pytest.mark.parametrize(
    ("expected", "answer", "met"),
    [
        (Expected(5), Returned(5.0), True),
        (Expected(5), Returned(6), False),
        (Expected(0.3), Returned(0.1 + 0.2), True),
        (Expected(0.3), Returned(0.300001), False),
        (Expected(0.3, relative=1e-4), Returned(0.300001), True),
        (Expected(10**20), Returned(10**20 + 1), False),
        (Expected(float("nan")), Returned(float("nan")), True),
        (Expected([1, 0.3]), Returned([1.0, 0.1 + 0.2]), True),
        (Expected([1]), Returned((1,)), False),
        (Expected({"a": 0.3}), Returned({"a": 0.1 + 0.2}), True),
        (Expected("APPROVED"), Returned("approved"), False),
        (Expected(raises=("ValueError",)), Raised("ValueError", ""), True),
        (Expected(raises=("Exception",)), Raised("KeyError", ""), True),
        (Expected(raises=("ArithmeticError",)), Raised("ZeroDivisionError", ""), True),
        (Expected(raises=("ValueError",)), Raised("TypeError", ""), False),
        (Expected(raises=("ValueError",)), Returned(1), False),
        (Expected(1), Raised("ValueError", ""), False),
    ],
)
def test_met(expected: Expected, answer: Returned | Raised, *, met: bool):
    assert meets(expected, answer) == met


@pytest.mark.parametrize(
    ("claim", "met", "missed"),
    [("assert f(1)", (True, 5, "x"), (False, 0, "", None)), ("assert not f(1)", ("", 0), (1, "x"))],
)
def test_what_is_only_asserted_to_be_true_may_be_anything_true(
    bench: Bench, claim: str, met: tuple[Value, ...], missed: tuple[Value, ...]
):
    (case,) = suite_of(1, f"def test_it():\n    {claim}\n", "f", bench).cases
    assert all(meets(case.expected, Returned(value)) for value in met)
    assert not any(meets(case.expected, Returned(value)) for value in missed)
    assert not meets(case.expected, Raised("ValueError", ""))
