"""The rewrites: what they make of a function, and that it still does the same."""

from __future__ import annotations

import copy
from importlib.util import find_spec
from typing import Any

import pytest

from authors.rewrite.cases import CASES, Case
from successor.authors.rewrite.shelf import rewrites, rewritten


def variants(case: Case) -> list[str]:
    return list(rewritten(case.before, "f", case.rewrite))


def outcome(source: str, call: tuple[Any, ...]) -> str:
    names: dict[str, Any] = {}
    exec(compile(source, "variant.py", "exec"), names)  # noqa: S102 - the tests' own sources
    try:
        return repr(names["f"](*copy.deepcopy(call)))
    except Exception as error:  # noqa: BLE001 - whatever it raises is its outcome
        return type(error).__name__


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rewrite)
def test_one_variant_is_as_expected(case: Case):
    if case.rewrite == "compiled" and find_spec("numba") is None:
        pytest.skip("numba is not installed")
    assert any(case.after in text for text in variants(case)), variants(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rewrite)
def test_every_variant_does_the_same(case: Case):
    for text in variants(case):
        for call in case.calls:
            assert outcome(text, call) == outcome(case.before, call), (text, call)


def test_every_rewrite_has_a_case():
    assert {case.rewrite for case in CASES} == set(rewrites())


@pytest.mark.parametrize("name", rewrites())
def test_nothing_comes_of_what_is_no_function_to_rewrite(name: str):
    for source in ("", "x = 1\n", "def f(): pass\n", "async def f(a):\n    return a + 1\n"):
        assert list(rewritten(source, "f", name)) == []


def test_floats_are_added_as_they_are_written():
    (text,) = rewritten("def f(a, b):\n    return a + b\n", "f", "exact_arithmetic")
    assert outcome(text, (0.1, 0.2)) == "0.3"
    assert outcome(text, (1, 0.1)) == "1.1"


def test_the_sum_of_a_list_is_exact_too():
    (text,) = rewritten("def f(xs):\n    return sum(xs)\n", "f", "exact_arithmetic")
    assert outcome(text, ([0.1] * 10,)) == "1.0"
    assert outcome(text, ([1, 2],)) == "3"


def test_an_error_names_the_argument():
    (text,) = rewritten("def f(a, b):\n    return a + b\n", "f", "clear_errors")
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - the test's own source
    with pytest.raises(TypeError, match="b must be a number, not str"):
        names["f"](1, "2")


def test_an_import_never_takes_a_name_that_means_something_else():
    source = "from math import inf as isqrt\n\n\ndef f(n):\n    if n < 2:\n        return 0\n"
    source += (
        "    for d in range(2, n):\n        if n % d == 0:\n            return 0\n    return 1\n"
    )
    assert list(rewritten(source, "f", "trial_division")) == []


def test_comments_and_docstrings_stay():
    source = '"""Module."""\n# first\n\n\ndef f(n):\n    """Doc."""\n    # second\n    if n < 2:\n'
    source += "        return n  # third\n    return f(n - 1) + f(n - 2)\n\n\nVALUE = 1  # last\n"
    for name in ("recursion_to_loop", "doubling", "memoise"):
        for text in rewritten(source, "f", name):
            for kept in ("# first", '"""Doc."""', "# second", "# third", "VALUE = 1  # last"):
                assert kept in text
