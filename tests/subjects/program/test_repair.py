"""A program with failing tests: what is suspected, what is held, and what is no repair."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from subjects.program.labs import Desk, lab, made, version
from successor.errors import UsageError
from successor.sandbox import Call
from successor.subjects.program import mending

SIGN = """\
def sign(x: int) -> int:
    if x < 0:
        return -1
    if x > 100:
        return 0
    return 1
"""
MENDED = SIGN.replace("return 0", "return 1")
TESTS = """\
from f import sign
def test_negative():
    assert sign(-3) == -1
def test_positive():
    assert sign(3) == 1
def test_large():
    assert sign(1000) == 1
"""


def test_the_line_that_only_failing_tests_run_is_suspected_most(tmp_path: Path):
    with lab(tmp_path, {"f.py": SIGN, "test_f.py": TESTS}, "f.py:sign", "repair") as sign:
        ((line, suspicion), *others) = sign.subject.suspects(sign.first, sign.desk)
        assert (line, suspicion) == (5, 1.0)
        assert all(less < suspicion for _, less in others)
        assert sign.subject.objectives == ("repair",)
        assert sign.subject.suspects(sign.write(MENDED), sign.desk) == ()


def test_inputs_that_run_as_passing_tests_do_are_held_to_the_original(tmp_path: Path):
    with lab(tmp_path, {"f.py": SIGN, "test_f.py": TESTS}, "f.py:sign", "repair") as sign:
        repair = sign.subject.ground.repair
        assert repair
        calls = [Call((x,)) for x in (-9, 7, 1000, 2000)]
        assert [*repair.held(calls)] == [True, True, False, False]
        mended, broken = MENDED, MENDED.replace("x < 0", "x < -3")
        assert sign.subject.screen(mended, sign.first, 1, sign.desk).correct
        (told, *_) = sign.subject.ask(
            sign.write(broken.replace("-3", "-2")), sign.first, sign.draw(48), (), sign.desk
        ).notes
        assert "sign(-" in told or "sign(0" in told


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (SIGN.replace("-1", "-2").replace("return 0", "return 1"), "test_negative"),
        (SIGN.replace("100", "200"), "test_large"),
    ],
)
def test_what_breaks_a_test_or_mends_none_is_no_repair(tmp_path: Path, source: str, told: str):
    with lab(tmp_path, {"f.py": SIGN, "test_f.py": TESTS}, "f.py:sign", "repair") as sign:
        screening = sign.subject.screen(source, sign.first, 1, sign.desk)
        assert not screening.correct
        assert told in screening.why


def test_what_changes_and_is_not_tested_is_in_doubt(tmp_path: Path):
    with lab(tmp_path, {"f.py": SIGN, "test_f.py": TESTS}, "f.py:sign", "repair") as sign:
        ground = sign.subject.ground
        before, after = ground.files(SIGN), ground.files(MENDED)
        found = mending.compare(ground, before, after, "seed")
        assert 0 < found.held < found.asked
        assert any("may change" in line for line in mending.doubts(ground, after, found))
        test = mending.regression(ground, before, after, found)
        found = re.search(r"assert sign\((\d+)\) == 1\n", test)
        assert found
        assert 100 < int(found[1]) < 1000, "shrunk from that of a test"
        compile(test, "test", "exec")


def test_where_no_test_fails_there_is_nothing_to_repair(tmp_path: Path):
    subject = made(tmp_path, {"f.py": MENDED, "test_f.py": TESTS}, "f.py:sign", "repair")
    try:
        with pytest.raises(UsageError, match="nothing to repair, as no test fails on it: all 3"):
            version(subject.create(1, Desk()))
    finally:
        subject.close()


ALIASED = """\
def take(stock: dict[str, int], name: str) -> dict[str, int]:
    left = stock
    if name in left:
        left[name] = left[name] - 1
    if left.get(name) == 0:
        raise ValueError("sold out")
    return left
"""
TAKING = """\
from f import take
def test_taken():
    assert take({"a": 3, "b": 1}, "a") == {"a": 2, "b": 1}
def test_other():
    assert take({"a": 3}, "c") == {"a": 3}
def test_the_stock_stays():
    stock = {"a": 3}
    take(stock, "a")
    assert stock == {"a": 3}
"""


def test_a_repair_may_leave_alone_arguments_that_the_original_changed(tmp_path: Path):
    files = {"f.py": ALIASED, "test_f.py": TAKING}
    with lab(tmp_path, files, "f.py:take", "repair") as take:
        copied = ALIASED.replace("left = stock\n", "left = dict(stock)\n")
        found = take.subject.screen(copied, take.first, 1, take.desk)
        assert found.correct, found.why
        wrong = copied.replace("- 1", "- 2")  # a test fails
        assert not take.subject.screen(wrong, take.first, 1, take.desk).correct
        other = copied.replace("    return left", "    stock['z'] = 1\n    return left")
        assert not take.subject.screen(other, take.first, 1, take.desk).correct


def test_a_version_that_does_not_repair_changes_its_arguments_as_before(tmp_path: Path):
    tests = TAKING.partition("def test_the_stock_stays")[0]
    with lab(tmp_path, {"f.py": ALIASED, "test_f.py": tests}, "f.py:take", "faster") as take:
        copied = ALIASED.replace("left = stock\n", "left = dict(stock)\n")
        assert not take.subject.screen(copied, take.first, 1, take.desk).correct
