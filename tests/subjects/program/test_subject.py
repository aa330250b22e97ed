"""The subject on real functions, in the real sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from subjects.program.labs import ADD, FIB, QUICK_FIB, TEST_ADD, Desk, lab, made, version
from successor.errors import UsageError
from successor.subjects.program.questions import TESTS
from successor.subjects.program.syntax import nodes
from successor.types import Draw

EXACT_ADD = """\
from fractions import Fraction
from math import isfinite

def add(a, b):
    for name, value in (("a", a), ("b", b)):
        if not isinstance(value, (int, float)):
            raise TypeError(f"{name} should be a number, not a {type(value).__name__}")
    if isinstance(a + b, float) and isfinite(a) and isfinite(b):
        try:
            return float(Fraction(repr(a)) + Fraction(repr(b)))
        except OverflowError:
            return a + b
    return a + b
"""
SPLIT = '''\
def first_word(text: str, sep: str = " ") -> str:
    """The first word.

    >>> first_word("a b")
    'a'
    """
    return text.split(sep)[0]
'''
BUBBLE = """\
def bubble(items: list[int]) -> None:
    for last in range(len(items) - 1, 0, -1):
        for i in range(last):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]
"""


def test_a_faster_function_is_shown_to_agree_and_to_be_faster(tmp_path: Path):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib", sizes=(3, 8, 24)) as fib:
        largest = fib.subject.ground.questions.sizes[-1]
        means = fib.means(fib.write(QUICK_FIB))
        assert all(mean == 1.0 for name, mean in means.items() if name.startswith("agreement"))
        assert means[f"speed/{largest}"] > 0.5
        assert fib.means(fib.first)[f"speed/{largest}"] == 0.5
        screening = fib.subject.screen(QUICK_FIB, fib.first, 1, fib.desk)
        assert screening.correct
        assert screening.gains["speed"] > 2
        heats = fib.subject.race(fib.write(QUICK_FIB), fib.first, fib.draw(5), fib.desk)
        assert {heat.slice for heat in heats} == {name for name in means if "speed" in name}
        assert sum(heat.candidate < heat.incumbent / 2 for heat in heats[-5:]) >= 3
        assert fib.suspicions(QUICK_FIB) == ()


def test_sizes_go_as_far_as_the_original_gets(tmp_path: Path):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib") as fib:
        origin = fib.subject.ground.questions.origin
        assert 10 <= origin.largest <= 40
        assert origin.bounded
    with lab(tmp_path, {"add.py": ADD, "test_add.py": TEST_ADD}, "add.py:add") as add:
        assert add.subject.ground.questions.sizes[-1] == 1000


def test_exact_sums_and_clear_errors(tmp_path: Path):
    files = {"add.py": ADD, "test_add.py": TEST_ADD}
    goal = "exact for floats, clear errors for wrong types"
    with lab(tmp_path, files, "add.py:add", goal) as add:
        assert add.subject.objectives == ("accuracy", "errors")
        before, after = add.means(add.first), add.means(add.write(EXACT_ADD))
        assert before["errors"] == 0.5
        assert after["errors"] == 1.0
        accuracy = [name for name in before if name.startswith("accuracy")]
        assert sum(before[name] for name in accuracy) < sum(after[name] for name in accuracy)
        assert all(after[name] == 1.0 for name in after)
        assert add.subject.goal == goal
        told = add.subject.failures(add.first, 1, add.desk)
        assert any(each.startswith("accuracy/") and "; exact: " in each for each in told)
        assert any("wanted: a TypeError that names '" in each for each in told), told
        assert add.subject.failures(add.write(EXACT_ADD), 1, add.desk) == ()
        screening = add.subject.screen(EXACT_ADD, add.first, 1, add.desk)
        assert screening.correct, screening.why
        assert screening.gains["accuracy"] > 1
        assert screening.gains["errors"] > 1
        assert screening.gains["size"] < 1


def test_what_is_pinned_and_what_is_assumed(tmp_path: Path):
    files = {"add.py": ADD, "test_add.py": TEST_ADD}
    with lab(tmp_path, files, "add.py:add", "faster, and purple") as add:
        told = add.subject.report()
    assert "5 tests and examples pass, and will have to" in told["pinned"]
    assert "5 calls that they make give the same outcome" in told["pinned"]
    assert "a: floats and whole numbers (by the calls that were seen)" in told["assumed"]
    assert told["notes"] == ("not understood in the goal: 'purple'",)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def fib(n: int) -> int:\n    return 1\n", "not"),
        ("def fib(n: int) -> int:\n    while True:\n        pass\n", "no answer (timeout"),
        ("import os\ndef fib(n: int) -> int:\n    os._exit(0)\n", "no answer (crashed"),
        ("def fib(n: int) -> float:\n    return float(n)\n", "not"),
        ("def fib(m: int) -> int:\n    return m\n", "lacks the parameter 'n'"),
        (QUICK_FIB.replace("return n\n", "return 0\n"), "gives 0, not"),
        ("raise SystemExit\ndef fib(n: int) -> int:\n    return n\n", "no answer (import"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_variant_is_told_in_a_line(tmp_path: Path, source: str, told: str):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib", sizes=(2, 5, 10)) as fib:
        screening = fib.subject.screen(source, fib.first, 1, fib.desk)
        assert not screening.correct
        assert told in screening.why
        assert screening.why.isprintable()


def test_counterexamples_are_small_and_asked_again(tmp_path: Path):
    wrong = QUICK_FIB.replace("    if n < 2:\n        return n\n", "")
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib", sizes=(2, 5, 10)) as fib:
        candidate = fib.write(wrong)
        answered = fib.subject.ask(candidate, fib.first, fib.draw(), (), fib.desk)
        assert b"[[0]" in b" ".join(answered.counterexamples)
        again = fib.subject.ask(
            candidate,
            fib.first,
            Draw("held-out", 8, ()),
            (*answered.counterexamples, b"?"),
            fib.desk,
        )
        assert again.slices == ()
        assert set(again.counterexamples) == set(answered.counterexamples)
        assert "where the original gives" in answered.notes[0]


def test_changed_arguments_and_lost_defaults_are_noticed(tmp_path: Path):
    returns = BUBBLE.replace("def bubble", "def _bubble") + (
        "\ndef bubble(items: list[int]) -> None:\n    sorted(items)\n"
    )
    sorts = "def bubble(items: list[int]) -> None:\n    items.sort()\n"
    with lab(tmp_path, {"b.py": BUBBLE}, "b.py:bubble", sizes=(4, 64)) as bubble:
        assert bubble.subject.screen(sorts, bubble.first, 1, bubble.desk).correct
        assert not bubble.subject.screen(returns, bubble.first, 1, bubble.desk).correct


def test_examples_of_the_original_hold_for_versions_without_a_docstring(tmp_path: Path):
    short = "def first_word(text: str, sep: str = ' ') -> str:\n    return text.split(sep, 1)[0]\n"
    with lab(tmp_path, {"w.py": SPLIT}, "w.py:first_word", sizes=(4, 64)) as words:
        assert TESTS in words.subject.ground.slices()
        screening = words.subject.screen(short, words.first, 1, words.desk)
        assert screening.correct, screening.why
        wrong = short.replace("[0]", "[-1]")
        assert not words.subject.screen(wrong, words.first, 1, words.desk).correct


def test_narrowed_inputs_are_noticed(tmp_path: Path):
    plain = "def unique(items):\n    seen = []\n    for each in items:\n"
    plain += "        if each not in seen:\n            seen.append(each)\n    return seen\n"
    narrow = "def unique(items):\n    return list(dict.fromkeys(items))\n"
    with lab(tmp_path, {"u.py": plain}, "u.py:unique", sizes=(4, 32)) as unique:
        screening = unique.subject.screen(narrow, unique.first, 1, unique.desk)
        assert "unhashable" in screening.why


def test_the_labs_own_inputs_and_reference_are_asked(tmp_path: Path):
    source = "def mean(xs):\n    total = 0.0\n    for x in xs:\n        total += x\n"
    source += "    return total / len(xs)\n"
    beside = "from fractions import Fraction\n"
    beside += (
        "def draw(random, size):\n    return ([random.uniform(-1, 1) for _ in range(size)],)\n"
    )
    beside += "def exact(xs):\n    return sum(map(Fraction, xs)) / len(xs)\n"
    better = "from math import fsum\ndef mean(xs):\n    return fsum(xs) / len(xs)\n"
    settings = {"inputs": "side.py:draw", "reference": "side.py:exact", "sizes": (10, 1000)}
    files = {"m.py": source, "side.py": beside}
    with lab(tmp_path, files, "m.py:mean", "more accurate", **settings) as mean:
        assert "side.py" not in mean.first.files
        before, after = mean.means(mean.first), mean.means(mean.write(better))
        assert before["accuracy/1000"] < after["accuracy/1000"]
        assert after["agreement/1000"] == 1.0


def test_inputs_that_fail_are_a_mistake_of_the_lab(tmp_path: Path):
    files = {"f.py": FIB, "i.py": "def draw(random, size):\n    return size\n"}
    subject = made(tmp_path, files, "f.py:fib", inputs="i.py:draw", sizes=(3,))
    with pytest.raises(UsageError, match="should return a tuple of arguments, not int"):
        subject.create(1, Desk())
    subject.close()


def test_methods_and_packages(tmp_path: Path):
    shop = (
        "from shop.tax import RATE\nclass Shop:\n    def total(self, prices: list[int]) -> int:\n"
    )
    shop += "        return sum(prices) * RATE\n"
    files = {"shop/__init__.py": "", "shop/till.py": shop, "shop/tax.py": "RATE = 2\n"}
    with lab(tmp_path, files, "shop/till.py:Shop.total", sizes=(3, 30)) as till:
        assert set(till.first.files) == {"shop/__init__.py", "shop/tax.py", "shop/till.py"}
        assert all(mean in {1.0, 0.5} for mean in till.means(till.first).values())


def test_what_judging_depends_on_is_known_by_its_place(tmp_path: Path):
    files = {"add.py": ADD, "test_add.py": TEST_ADD}
    one = made(tmp_path, files, "add.py:add").bound()
    assert one == made(tmp_path, files, "add.py:add").bound()
    changed = {**files, "test_add.py": TEST_ADD + "\n"}
    other = made(tmp_path, changed, "add.py:add").bound()
    assert [name for name in one if one[name] != other[name]] == ["test_add.py"]


def test_a_drawn_exam_has_exactly_the_items_that_were_asked_for(tmp_path: Path):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib", sizes=(2, 5, 10)) as fib:
        draw = Draw("confirmation", 5, (("agreement/5", 7), ("agreement/edges", 30)))
        exam = fib.subject.examine(fib.first, draw, fib.desk)
        assert [(part.name, len(part.scores)) for part in exam.slices] == list(draw.counts)
        assert version(fib.subject.create(1, fib.desk)).files == fib.first.files


def test_a_byte_order_mark_stays(tmp_path: Path):
    with lab(tmp_path, {"fib.py": f"\ufeff{FIB}"}, "fib.py:fib", sizes=(3,)) as fib:
        assert fib.subject.source(fib.first, fib.desk) == FIB
        written = fib.write(QUICK_FIB)
        assert fib.desk.read(written.files["fib.py"]) == QUICK_FIB.encode("utf-8-sig")
        assert fib.subject.weigh(written, fib.first, fib.desk)["size"][0] == nodes(QUICK_FIB)
        assert fib.subject.screen(QUICK_FIB, fib.first, 1, fib.desk).correct


def test_a_function_that_asks_to_improve_itself_runs_as_it_is(tmp_path: Path):
    asks = f"import successor\n\n\n@successor.self_improving(tests='test_fib.py')\n{FIB}"
    with lab(tmp_path, {"fib.py": asks}, "fib.py:fib", sizes=(3, 8)) as fib:
        assert [*fib.first.files] == ["fib.py"]
        assert fib.means(fib.first)["agreement/8"] == 1.0
