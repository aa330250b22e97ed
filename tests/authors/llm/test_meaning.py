"""What is tried of an answer that leaves the target as it was and writes another function."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor.authors.llm.meaning import MOST, meant
from successor.authors.requirements import UnreadableError

BASE = '''\
"""Sums."""

import math


def total(n: int) -> int:
    """The sum of 0..n."""
    found = 0
    for each in range(n + 1):
        found += each
    return found
'''
QUICK = '''

def quick_total(n):
    """Faster."""
    return n * (n + 1) // 2
'''


def run(text: str, *given: object) -> Any:  # noqa: ANN401 - whatever it returns
    space: dict[str, Any] = {}
    exec(compile(text, "<meant>", "exec"), space)  # noqa: S102 - texts of this file
    return space["total"](*given)


def test_an_answer_that_changes_the_target_means_itself() -> None:
    for text in (
        BASE.replace("found += each", "found = found + each"),
        BASE.replace("found += each", "found = found + each") + QUICK,
        BASE + "\n\ntotal = math.cos\n",
        BASE + "\n\ntotal.cache = {}\n".replace("total.cache", "total"),
    ):
        assert meant(text, BASE, "total") == [text]
        assert meant(text, BASE, "") == [text]


def test_a_function_beside_it_takes_the_place_of_its_body() -> None:
    (text,) = meant(BASE + QUICK, BASE, "total")
    assert text == BASE[: BASE.index("    found = 0")] + "    return n * (n + 1) // 2\n"
    assert run(text, 10) == 55


def test_what_it_calls_comes_along_and_nothing_else() -> None:
    beside = """
from functools import cache

LEAST = 0


def deco(kind):
    kind.step = 1
    return kind


@deco
class Steps:
    pass


def helped(n):
    return n if n <= LEAST else n + helped(n - Steps.step)


@cache
def remembered(number):
    return helped(number)


def unused(n):
    return LEAST


print(remembered(3))
"""
    first, second, third = meant(BASE + beside, BASE, "total")
    assert "return LEAST" in first
    assert "return remembered(n)" in second
    assert "return helped(n)" in third
    for text in (second, third):
        assert run(text, 10) == 55
        assert "unused" not in text
        assert "print" not in text
        assert "The sum of 0..n." in text
    assert "@cache\ndef remembered" in second
    assert "cache" not in third


def test_a_file_without_the_target_gets_it_back() -> None:
    (text,) = meant('"""Sums."""\n' + QUICK, BASE, "total")
    assert run(text, 4) == 10


@pytest.mark.parametrize(
    "beside",
    [
        "",
        "print(total(3))\n",
        "def other(a, b, c):\n    return a\n",
        "def other(*n):\n    return n\n",
        "async def other(n):\n    return n\n",
        "class Total:\n    pass\n",
    ],
)
def test_nothing_new_that_could_be_called_is_told_to_whoever_wrote_it(beside: str) -> None:
    with pytest.raises(UnreadableError, match="total is as it was, and nothing calls") as told:
        meant(f"{BASE}\n\n# faster\n{beside or 'import os'}\n", BASE, "total")
    assert told.value.fault == "unchanged"


def test_what_may_not_change_stays() -> None:
    marked = BASE.replace("    found = 0\n", "    # EVOLVE-BLOCK-START\n    found = 0\n")
    marked = marked.replace("    return found\n", "    # EVOLVE-BLOCK-END\n    return found\n")
    with pytest.raises(UnreadableError):
        meant(marked + QUICK, marked, "total")


def test_a_few_of_many_are_tried_the_last_first() -> None:
    many = "".join(f"\n\ndef way_{k}(n):\n    return {k}\n" for k in range(9))
    found = meant(BASE + many, BASE, "total")
    assert [run(text, 1) for text in found] == [8, 7, 6]
    assert len(found) == MOST


def test_functions_on_one_line_are_read_like_others() -> None:
    base = "def total(n): return sum(range(n + 1))\n"
    (text,) = meant(f"{base}def other(n): return n * (n + 1) // 2\n", base, "total")
    assert run(text, 10) == 55
    assert "sum(" not in text


def test_ends_of_lines_stay() -> None:
    base = BASE.replace("\n", "\r\n")
    (text,) = meant(base + QUICK, base, "total")
    assert "\n" not in text.replace("\r\n", "")


@given(st.lists(st.sampled_from([BASE, QUICK, "x = 1\n", "\n\ndef f(n): return n\n"]), max_size=4))
def test_whatever_is_meant_is_a_program_with_the_target(parts: list[str]) -> None:
    try:
        found = meant("".join(parts), BASE, "total")
    except UnreadableError:
        return
    for text in found:
        assert isinstance(run(text, 3), int) or "total" not in text
