"""Repairs that pass the same tests: told apart by a question, or the same everywhere."""

from __future__ import annotations

from pathlib import Path

from subjects.program.labs import lab
from successor.subjects.program.rivals import MOST

MIDDLE = """\
def middle(values: list[int]) -> int:
    return sorted(values)[len(values) // 2 - 1]
"""
TESTS = """\
from f import middle
def test_three():
    assert middle([3, 1, 2]) == 2
"""
MENDED = MIDDLE.replace(" - 1]", "]")
ALIKE = MIDDLE.replace(" - 1]", " - 0]")
GUESS = MIDDLE.replace("len(values) // 2 - 1", "1")


def test_repairs_that_answer_alike_leave_nothing_to_ask(tmp_path: Path):
    with lab(tmp_path, {"f.py": MIDDLE, "test_f.py": TESTS}, "f.py:middle", "repair") as made:
        assert made.subject.parted([MENDED, ALIKE], 1, made.desk) == ()
        assert made.subject.parted([MENDED], 1, made.desk) == ()


def test_repairs_that_part_are_told_apart_by_what_each_answers(tmp_path: Path):
    with lab(tmp_path, {"f.py": MIDDLE, "test_f.py": TESTS}, "f.py:middle", "repair") as made:
        asked = made.subject.parted([MENDED, ALIKE, GUESS], 1, made.desk)
        assert 1 <= len(asked) <= MOST
        for each in asked:
            right, wrong = each.answers
            names = dict[str, object]()
            exec(MENDED, names)  # noqa: S102 - our own text
            try:
                told = f"be {eval(each.call, names)}"  # noqa: S307 - the same
            except IndexError:
                told = "raise IndexError"
            assert right == told != wrong


def test_nothing_is_asked_while_tests_fail(tmp_path: Path):
    with lab(tmp_path, {"f.py": MIDDLE, "test_f.py": TESTS}, "f.py:middle", "repair") as made:
        assert made.subject.parted([MIDDLE, MENDED], 1, made.desk) == ()
