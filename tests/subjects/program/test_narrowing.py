"""What tests and words only suggest about inputs takes nothing off what a function has to keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from subjects.program.labs import lab
from successor.errors import UsageError

POINT = """\
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


def parse(text: str):
    if len(text) % 2:
        return None
    return Point(len(text), text.count("a"))
"""
UNIQUE = '''\
def unique(items: list[int]) -> list[int]:
    """The items without repetitions, in order of first appearance."""
    found = []
    for each in items:
        if each not in found:
            found.append(each)
    return found
'''
ORDERED = '''\
def ordered(xs: list[int]) -> list[int]:
    """A sorted copy."""
    found = list(xs)
    found.sort()
    return found
'''
MEDIAN = """\
def median(xs: list[float]) -> float:
    row = sorted(xs)
    return row[len(row) // 2]
"""
COUNT = """\
def count(words: list[str]) -> dict:
    found = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found
"""
SAY = """\
TOTAL = 0


def double(n: int) -> int:
    global TOTAL
    print("doubling", n)
    TOTAL += n
    return 2 * n
"""
PRIME = """\
def is_prime(n):
    if n < 2:
        return False
    for d in range(2, n):
        if n % d == 0:
            return False
    return True
"""
CASES = {
    "a whole float is no whole number": (
        "is_prime",
        PRIME,
        PRIME.replace("    for d", "    if n > 2 and n % 2 == 0:\n        return False\n    for d"),
        "assert [is_prime(n) for n in (7, 9, 4, 2)] == [True, False, False, True]",
    ),
    "order of the result is none of the input": (
        "unique",
        UNIQUE,
        UNIQUE.replace("    return found\n", "    return sorted(set(items))\n"),
        "assert unique([3, 3, 3]) == [3]",
    ),
    "small numbers in tests are no promise": (
        "ordered",
        ORDERED,
        ORDERED.replace(
            "    found.sort()\n", "    found = [v for v in range(9) for x in xs if x == v]\n"
        ),
        "assert [ordered(xs) for xs in ([3, 1, 2, 4, 1], [2, 8, 5])][1] == [2, 5, 8]",
    ),
    "sorted lists in tests are no promise": (
        "median",
        MEDIAN,
        MEDIAN.replace("sorted(xs)", "list(xs)"),
        "assert [median([x, x + 1.0, x + 2.0]) for x in (0.5, 3.0, 7.0)] == [1.5, 4.0, 8.0]",
    ),
    "the order of a dict is seen": (
        "count",
        COUNT,
        COUNT.replace("return found", "return {word: found[word] for word in set(words)}"),
        "assert count(['b', 'a']) == {'a': 1, 'b': 1}",
    ),
    "what is printed is seen": (
        "double",
        SAY,
        SAY.replace('    print("doubling", n)\n', ""),
        "assert double(2) == 4",
    ),
    "variables of the module are seen": (
        "double",
        SAY,
        SAY.replace("    TOTAL += n\n", ""),
        "assert double(2) == 4",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_narrows_behaviour_is_turned_away(tmp_path: Path, name: str) -> None:
    entry, before, after, test = CASES[name]
    files = {
        "f.py": before,
        "test_f.py": f"from f import {entry}\n\ndef test_it():\n    {test}\n",
    }
    with lab(tmp_path, files, f"f.py:{entry}", "simpler") as opened:
        assert opened.subject.screen(after, opened.first, 5, opened.desk).why
        same = opened.subject.screen(f"{before}# other\n", opened.first, 5, opened.desk)
        assert not same.why


def test_objects_that_are_no_plain_data_are_refused_though_some_answers_are(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=r"parse\(.*\) returns a f.Point, which cannot be compared"),
        lab(tmp_path, {"f.py": POINT}, "f.py:parse", "simpler"),
    ):
        pass


def test_the_order_of_a_set_is_no_answer_that_can_be_kept(tmp_path: Path) -> None:
    source = "def f(words: list[str]) -> list[str]:\n    return list(set(words))\n"
    with (
        pytest.raises(UsageError, match="different answers to the same question"),
        lab(tmp_path, {"f.py": source}, "f.py:f", "simpler"),
    ):
        pass
