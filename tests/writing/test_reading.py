"""Answers of models, read strictly."""

from __future__ import annotations

import pytest

from authors.llm.scripted import block
from cli.writer import SIGNATURE, TOTAL, VISIBLE
from successor.authors.requirements import UnreadableError
from successor.sandbox import Call
from successor.writing import reading
from successor.writing.cases import Case, Expected
from successor.writing.package import held_out_file

WANTED = reading.signature(block(SIGNATURE), "total")


def test_a_signature_is_written_down_anew_whatever_else_is_there():
    text = "from typing import Any\n\n@cached\ndef other(): ...\n\n" + TOTAL
    assert reading.signature(block(text), "total").head == "def total(xs: list[int]) -> int"
    assert WANTED.stub == "def total(xs: list[int]) -> int: ..."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def other(x: int) -> int: ...\n", "no plain function named total"),
        ("def total(x) -> int: ...\n", "parameter 'x' of total has no type hint"),
        ("def total(x: int): ...\n", "The result of total has no type hint"),
        ("def total(x: int = print()) -> int: ...\n", "no literal"),
        ("import numpy\ndef total(x: int) -> int: ...\n", "standard library"),
        ("async def total(x: int) -> int: ...\n", "no plain function"),
        ("total = 3\n", "no plain function"),
    ],
)
def test_a_signature_that_cannot_be_used_is_told_back(text: str, told: str):
    with pytest.raises(UnreadableError, match=told):
        reading.signature(block(text), "total")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("xs: list[int]", "ys: list[int]", "has to be called as before"),
        ("    result = 0\n", "    import requests\n    result = 0\n", "standard library"),
        ("def total", "def sum_up", "no function 'total'"),
        ("    result = 0", "  result = 0", "not Python"),
        (TOTAL[TOTAL.index('    """') : TOTAL.index("    result")], "", "docstring"),
    ],
)
def test_a_function_that_is_not_what_was_asked_for_is_told_back(old: str, new: str, told: str):
    assert old in TOTAL
    with pytest.raises(UnreadableError, match=told):
        reading.code(block(TOTAL.replace(old, new)), "total", WANTED)
    assert reading.code(block(TOTAL), "total", WANTED) == TOTAL


def test_what_a_function_does_not_need_is_left_out():
    before = "import unittest\nfrom functools import reduce\n\nSTEP = 1\nOTHER = 2\n\n\n"
    helper = "def helper(x: int) -> int:\n    return reduce(max, [x, STEP])\n\n\n"
    after = (
        "\n\n# Tests\n@unittest.skip('x')\nclass TestTotal(unittest.TestCase):\n"
        "    def test_one(self):\n        assert total([1]) == 1\n\n\n"
        "if __name__ == '__main__':\n    unittest.main()\n\nprint(total([1]))\n# The end\n"
    )
    text = TOTAL.replace("result + x", "result + helper(x)")
    left = reading.code(block(before + helper + text + after), "total", WANTED)
    assert left == f"from functools import reduce\n\nSTEP = 1\n\n\n{helper}{text}"


def test_examples_can_be_taken_out_and_nothing_else():
    left = reading.without_examples(TOTAL, "total")
    assert reading.count_examples(left, "total") == 0
    assert reading.count_examples(TOTAL, "total") == 2
    one = reading.without_examples(TOTAL, "total", {1})
    assert ">>> total([])\n    0" in one
    assert reading.count_examples(one, "total") == 1
    assert '"""The sum of the numbers.' in left
    assert left.partition("    result")[2] == TOTAL.partition("    result")[2]
    compile(left, "left", "exec")
    one_line = 'def total(xs: list[int]) -> int:\n    """>>> total([1])\n    1"""\n    return 1\n'
    compile(reading.without_examples(one_line, "total"), "left", "exec")


def test_tests_are_taken_out_with_their_decorators_and_empty_classes():
    text = VISIBLE + (
        "\n\nclass TestIt:\n    @staticmethod\n    def test_open():\n        open('x')\n\n\n"
        "@pytest.mark.parametrize('x', [1])\ndef test_x(x):\n    assert total([x]) == x\n"
    )
    assert reading.reaching_tests(text, "total") == {"TestIt.test_open": "open"}
    left = reading.without_tests(text, {"TestIt.test_open", "test_x"})
    assert left == VISIBLE
    everybody = reading.reaching_tests("import os\n" + VISIBLE, "total")
    assert {*everybody} == {"test_ordinary", "test_empty"}


def test_held_out_tests_are_handed_over_as_plain_data():
    cases = [
        Case(1, "t", Call((1,), {"by": 2}), Expected(3), "assert f(open('x')) == 3"),
        Case(2, "t", Call(([0.5],)), Expected([float("inf"), 0.25]), ""),
        Case(2, "t", Call((None,)), Expected(raises=("TypeError", "ValueError")), ""),
        Case(3, "t", Call((10**5000,)), Expected(None), ""),
        Case(3, "t", Call((1,)), Expected(raises=("MyError",)), ""),
    ]
    text = held_out_file(cases, "f")
    compile(text, "held_out", "exec")
    assert "assert f(1, by=2) == 3\n" in text
    assert "f([0.5]) == pytest.approx([inf, 0.25]," in text
    assert "with pytest.raises((TypeError, ValueError)):\n        f(None)\n" in text
    assert "open" not in text
    assert text.count("cannot be written down") == 2


def test_tests_that_all_reach_out_are_told_back_once():
    answer = "- an empty list\n\n" + block("import os\n" + VISIBLE)
    with pytest.raises(UnreadableError, match="use 'os'"):
        reading.visible_tests(answer, "total", again=False)
    assert reading.visible_tests(answer, "total", again=True).edge_cases == ("an empty list",)
    with pytest.raises(UnreadableError, match="no function named test_"):
        reading.visible_tests(block("assert total([]) == 0\n"), "total", again=True)


FINISHED = "import pytest\n\n\ndef test_one():\n    assert add(1, 2) == 3"
CUT_OFF = "\n\n\n@pytest.mark.slow\ndef test_two():\n    assert add(10, 20) == 30"


@pytest.mark.parametrize("cut", [1, 5, 12, 22, 30, 40, 60, len(CUT_OFF)])
def test_tests_before_the_place_where_an_answer_was_cut_off_are_kept(cut: int):
    """The last is not: nobody knows whether 30 was not the beginning of 300."""
    answer = f"```python\n{FINISHED}{CUT_OFF[:cut]}"
    kept = reading.before_the_cut(answer)
    assert kept == (f"```python\n{FINISHED}\n```\n" if cut > 3 else "")


@pytest.mark.parametrize(
    "answer", ["", "```python", "```python\nimport pytest\n\ndef test_one():\n"]
)
def test_of_an_answer_that_was_cut_off_at_once_nothing_is_kept(answer: str):
    assert reading.before_the_cut(answer) == ""
