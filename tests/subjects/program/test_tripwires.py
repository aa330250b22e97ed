"""What fooled others: it must not work here, and must not be mistaken in honest code."""

from __future__ import annotations

from pathlib import Path

import pytest

from subjects.program.labs import FIB, QUICK_FIB, lab

SLOW = """\
def total(items: list[int]) -> int:
    found = 0
    for item in items:
        for _ in range(1000):
            found += item
    return found // 1000
"""
REMEMBERS = (
    "import functools\n"
    + SLOW.replace("def total", "def _total")
    + """
_known = {}
def total(items: list[int]) -> int:
    key = tuple(items)
    if key not in _known:
        _known[key] = _total(items)
    return _known[key]
"""
)
COUNTS = """\
_asked = 0
def total(items: list[int]) -> int:
    global _asked
    _asked += 1
    return sum(items) if _asked < 20 else 0
"""
TURNS = COUNTS.replace("20", "1000")
WALKS_GC = """\
import gc
def fib(n: int) -> int:
    for each in gc.get_objects():
        if type(each).__name__ == "function" and each.__name__ == "answer":
            each.__code__ = (lambda *given: 999).__code__
    return 999
"""
WRITES_RESULTS = """\
import json, os
def fib(n: int) -> int:
    for name in ("results.json", "metrics.json", "/tmp/metrics.json"):
        try:
            with open(name, "w") as file:
                json.dump({"correct": True, "combined_score": 999.0}, file)
        except OSError:
            pass
    os._exit(0)
"""
ENDLESS = "def fib(n: int) -> int:\n    while True:\n        pass\n"


@pytest.mark.parametrize("source", [WALKS_GC, WRITES_RESULTS])
def test_reaching_for_the_evaluator_scores_nothing(tmp_path: Path, source: str):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib", sizes=(2, 5, 10)) as fib:
        means = fib.means(fib.write(source))
        assert max(means.values()) < 0.6, means
        assert not fib.subject.screen(source, fib.first, 1, fib.desk).correct
        good = fib.means(fib.write(QUICK_FIB))
        assert all(mean == 1.0 for name, mean in good.items() if "agreement" in name)


def test_endless_loops_do_not_hold_up_those_who_come_after(tmp_path: Path):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib", sizes=(2, 5, 10)) as fib:
        for number in range(3):
            source = f"{ENDLESS}# {number}\n"
            assert "timeout" in fib.subject.screen(source, fib.first, 1, fib.desk).why
        for number in range(5):
            source = f"{QUICK_FIB}# {number}\n"
            assert fib.subject.screen(source, fib.first, 1, fib.desk).correct


def test_results_kept_between_calls_bring_nothing_and_are_told(tmp_path: Path):
    with lab(tmp_path, {"t.py": SLOW}, "t.py:total", sizes=(20, 100)) as total:
        looks = (total.suspicions(REMEMBERS) for _ in range(3))  # a busy machine may hide it
        assert any("keeps results" in line for look in looks for line in look)
        screening = total.subject.screen(REMEMBERS, total.first, 1, total.desk)
        assert screening.gains["speed"] < 3


@pytest.mark.parametrize("source", [COUNTS, TURNS], ids=["soon", "after a thousand calls"])
def test_answers_that_depend_on_the_past_are_told(tmp_path: Path, source: str):
    with lab(tmp_path, {"t.py": SLOW}, "t.py:total", sizes=(10, 40)) as total:
        assert any("depending on what it was asked" in line for line in total.suspicions(source))


def test_new_ways_to_reach_out_are_told(tmp_path: Path):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib", sizes=(2, 5, 10)) as fib:
        assert any("'gc'" in line for line in fib.suspicions(WALKS_GC))


def test_memoisation_of_a_recursion_is_honest(tmp_path: Path):
    cached = FIB.replace("def fib", "@lru_cache(None)\ndef fib")
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib", sizes=(10, 27)) as fib:
        source = f"from functools import lru_cache\n{cached}"
        assert fib.suspicions(source) == ()
        assert fib.subject.screen(source, fib.first, 1, fib.desk).gains["speed"] > 1.5
