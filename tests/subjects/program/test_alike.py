"""Wrong versions that fresh draws alone let pass, each beside an honest one that has to pass."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from subjects.program.labs import lab
from successor.errors import UsageError
from successor.sandbox import Value
from successor.subjects.program.demands import kept_by, more
from successor.subjects.program.kinds import Items, Kind, OneOf, Text, Whole, order
from successor.subjects.program.variations import varied
from successor.types import Draw

PALINDROME = """\
def palindrome(text: str) -> bool:
    for place in range(len(text)):
        if text[place] != text[len(text) - 1 - place]:
            return False
    return True
"""
ANAGRAMS = """\
def anagrams(a: str, b: str) -> bool:
    left = list(b)
    for each in a:
        if each not in left:
            return False
        left.remove(each)
    return not left
"""
HAS = """\
from collections.abc import Iterable

def has(names: Iterable[str], name: str) -> bool:
    for each in names:
        if each == name:
            return True
    return False
"""
TOTAL = """\
def total(xs: list[int]) -> int:
    t = 0
    for x in xs:
        t = t + sum([x] * 20)
    return t
"""
DEEP = """\
def total(xs: list[int]) -> int:
    return 20 * sum(xs[:20]) + total(xs[20:]) if xs else 0
"""
SORTED = """\
def isort(xs):
    out = list(xs)
    for i in range(len(out)):
        for j in range(len(out) - 1):
            if out[j] > out[j + 1]:
                out[j], out[j + 1] = out[j + 1], out[j]
    return out
"""
TESTS = "from f import isort\n\ndef test_it():\n    assert isort([3, 1, 2]) == [1, 2, 3]\n"
CASES = {
    "both ends of a text": (
        PALINDROME,
        "palindrome",
        "def palindrome(text: str) -> bool:\n    return text == text[::-1]\n",
        "def palindrome(text: str) -> bool:\n    return text[:9] == text[:-10:-1]\n",
    ),
    "the same letters": (
        ANAGRAMS,
        "anagrams",
        "def anagrams(a: str, b: str) -> bool:\n    return sorted(a) == sorted(b)\n",
        "def anagrams(a: str, b: str) -> bool:\n    return len(a) == len(b) and {*a} == {*b}\n",
    ),
    "text for a row of texts": (
        HAS,
        "has",
        HAS.replace("for each in names:", "for each in iter(names):"),
        HAS[: HAS.index("    for")] + "    return name in names\n",
    ),
    "a length that is written": (
        TOTAL,
        "total",
        "def total(xs: list[int]) -> int:\n    return 20 * sum(xs)\n",
        "def total(xs: list[int]) -> int:\n    return 20 * sum(xs[:99999])\n",
    ),
    "too deep for what is long": (
        TOTAL,
        "total",
        "def total(xs: list[int]) -> int:\n    return 20 * sum(xs)\n",
        DEEP,
    ),
    "no order at all": (
        SORTED,
        "isort",
        SORTED.replace("len(out) - 1", "len(out) - 1 + 0"),
        "def isort(xs):\n    out = list(xs)\n    out.sort()\n    return out\n",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_parts_only_where_calls_are_nearly_alike(
    tmp_path: Path, case: tuple[str, str, str, str]
):
    source, name, honest, wrong = case
    files = {"f.py": source, **({"test_f.py": TESTS} if name == "isort" else {})}
    with lab(tmp_path, files, f"f.py:{name}") as made:
        questions = made.subject.ground.questions
        sampled = [each for each in questions.slices(accuracy=False, speed=False)
                   if each != "tests"]  # fmt: skip
        draw = Draw("held-out", 7, tuple((each, 40) for each in sampled))
        asked = [
            made.subject.ask(made.write(each), made.first, draw, (), made.desk)
            for each in (honest, wrong)
        ]
    assert [each.notes for each in asked[:1]] == [()]
    assert asked[1].counterexamples, asked[1].notes


def test_varied_arguments_are_made_of_what_was_drawn_and_keep_what_is_promised():
    rows = Items("list", Whole(low=0), least=2, ascending=True, promised=True)
    kinds: list[Kind] = [rows, rows, Text(), OneOf((None,))]
    given: list[Value] = [[1, 3, 5], [2, 4, 6, 8], "abcd", None]
    for seed in range(300):
        first, second, text, nothing = varied(kinds, given, Random(seed), even=False)
        for each in (first, second):
            assert isinstance(each, list)
            assert len(each) >= 2
            assert each == sorted(each, key=order)
            assert all(value in range(1, 9) for value in each)
        assert isinstance(text, str)
        assert {*text} <= {*"abcd"}
        assert nothing is None
        even = varied(kinds, given, Random(seed), even=True)
        assert all(isinstance(each, list) and len(each) in (3, 4) for each in even[:2])


def test_the_same_seed_varies_alike():
    drawn = [varied([Text(), Text()], ["abc", "xyz"], Random(5), even=False) for _ in range(2)]
    assert drawn[0] == drawn[1]


ITERABLE = "from collections.abc import Iterable\ndef f(xs: Iterable[int]) -> int:\n"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("    return sum(xs)\n", ""),
        ("    xs = list(xs)\n    return sum(xs) + len(xs)\n", ""),
        ("    return sum(xs) + len(xs)\n", "needs a length or an order of 'xs'"),
        ("    return sum(xs[:5])\n", "needs a length or an order of 'xs'"),
        ("    return sum(xs) if any(xs) else 0\n", "goes more than once through 'xs'"),
    ],
)
def test_what_may_be_an_iterator_is_gone_through_once(body: str, told: str):
    original = ITERABLE + "    t = 0\n    for x in xs:\n        t += x\n    return t\n"
    found = more(original, ITERABLE + body, "f")
    assert found.startswith(told) if told else found == ""


CART = """\
class Cart:
    def __init__(self):
        self.items = []

    def put(self, xs):
        self.items = [*self.items, *xs]

    def add(self, xs: list[int]) -> int:
        {}
        return len(self.items)

    def size(self, xs: list[int]) -> int:
        return len(xs)
"""


@pytest.mark.parametrize(
    "line",
    ["self.items = self.items + xs", "self.items.extend(xs)", "self.items[:0] = xs",
     "self.put(xs)", "setattr(self, 'items', xs)"],
)  # fmt: skip
def test_a_method_that_changes_its_instance_is_refused(tmp_path: Path, line: str):
    with (
        pytest.raises(UsageError, match="each call is made on an instance of its own"),
        lab(tmp_path, {"c.py": CART.format(line)}, "c.py:Cart.add"),
    ):
        pass


def test_a_method_that_begins_to_keep_something_is_refused():
    before = CART.format("pass")
    assert kept_by(before, "Cart.size") == ""
    after = before.replace("return len(xs)", "self.known = len(xs)\n        return self.known")
    assert more(before, after, "Cart.size") == "begins to keep something in 'self.known'"
