"""Whole numbers that Python does not write in decimal: asked, answered, shown and kept."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from improved import smaller
from subjects.program.labs import lab
from successor.lab import open_lab, record_of, run
from successor.ledger import audit
from successor.sandbox import Call, Returned, Value, values
from successor.subjects.program.agreement import told
from successor.subjects.program.kinds import OneOf
from successor.subjects.program.origin import spelled
from successor.subjects.program.shrink import shrunk, weight

HUGE = 10**5000
LAB = smaller('target = "power.py:power"\nsizes = [4]\nexam_items = 4', 2)
POWER = """\
def power(n: int, most: int = 10**6):
    result = 1
    for _ in range(n):
        result = result * 10
    return result
"""
TEST_POWER = """\
from power import power

def test_power():
    assert power(5000) == 10**5000
    assert power(3, 10**5000) == 1000
    assert power(n=2, most=10**5000) == 100
"""


def test_whatever_holds_them_can_be_shown():
    held: list[Value] = [HUGE, [HUGE, 1], {"a": (HUGE,)}, {HUGE}, Fraction(1, HUGE)]
    assert all("0x" in told(Returned(value), 5000) for value in held)
    assert len(spelled(Call((HUGE,), {"most": HUGE}))) <= 82
    assert weight(Call((HUGE,), {"most": HUGE})) > 8000
    assert OneOf((HUGE, None)).told.startswith("0x")


def test_they_are_shrunk_like_any_other():
    found = shrunk(Call((HUGE,)), lambda calls: [each.args[0] != 0 for each in calls])
    assert found.args[0] == HUGE >> 6


def test_a_counterexample_keeps_them(tmp_path: Path):
    files = {"power.py": POWER, "test_power.py": TEST_POWER}
    with lab(tmp_path, files, "power.py:power") as opened:
        wrong = POWER.replace("    return", "    if most > 10**4000:\n        return 7\n    return")
        why = opened.subject.screen(wrong, opened.first, 5, opened.desk).why
        assert "gives 7, not" in why
        found = opened.subject.ask(
            opened.write(wrong), opened.first, opened.draw(), (), opened.desk
        )
        assert found.counterexamples
        assert "where the original gives" in found.notes[0]
        kept = [values.decode(each) for each in found.counterexamples]
        assert any(len(hex(number)) > 3000 for number in numbers(kept))
        again = opened.subject.ask(
            opened.write(wrong), opened.first, opened.draw(), found.counterexamples, opened.desk
        )
        assert set(found.counterexamples) <= set(again.counterexamples)


def numbers(found: Value) -> list[int]:
    """All whole numbers in it, but for keys."""
    match found:
        case int():
            return [found]
        case dict():
            return [number for each in found.values() for number in numbers(each)]
        case list() | tuple():
            return [number for each in found for number in numbers(each)]
        case _:
            return []


def test_a_run_goes_through(tmp_path: Path):
    (tmp_path / "successor.toml").write_text(LAB, encoding="utf-8")
    (tmp_path / "power.py").write_text(POWER, encoding="utf-8")
    (tmp_path / "test_power.py").write_text(TEST_POWER, encoding="utf-8")
    with open_lab(tmp_path) as opened:
        assert run(opened).base_case == "generations"
        assert opened.parts.ledger.verdicts()
    assert audit(record_of(tmp_path)).problem is None
