from __future__ import annotations

from pathlib import Path

import pytest

from subjects.program.labs import Lab, lab
from successor.judge.bout import Bout
from successor.subjects.program.reach import changed, statements

RARE = """\
    if n > 10**30:
        return all(n % divisor for divisor in range(2, n))
"""
SLOW = f"""\
def is_prime(n: int) -> bool:
    if n < 2:
        return False
{RARE}    for divisor in range(2, n):
        if n % divisor == 0:
            return False
    return True
"""
FAST = SLOW.replace("for divisor in range(2, n):\n", "for divisor in range(2, int(n**0.5) + 1):\n")
REFUSED = "which no question reaches"


def screened(opened: Lab, source: str) -> str:
    """Why a variant is turned away; "" when it is not."""
    assert source != SLOW
    return opened.subject.screen(source, opened.first, 5, opened.desk).why


def lost(opened: Lab, source: str) -> str:
    """What the judge is told of a candidate."""
    found = opened.subject.ask(opened.write(source), opened.first, opened.draw(), (), opened.desk)
    return "; ".join(found.notes)


@pytest.mark.parametrize(
    "source",
    [
        SLOW.replace("return all(n % divisor for divisor in range(2, n))", "return True"),
        SLOW.replace(RARE, ""),
        FAST.replace(RARE, "    if n == 10**29 + 7:\n        return True\n" + RARE),
    ],
    ids=["changed", "taken out", "put in"],
)  # fmt: skip
def test_what_no_question_reaches_may_not_change(tmp_path: Path, source: str):
    with lab(tmp_path, {"prime.py": SLOW}, "prime.py:is_prime") as opened:
        assert REFUSED in screened(opened, source)
        assert REFUSED in lost(opened, source)


def test_what_is_reached_may_change(tmp_path: Path):
    with lab(tmp_path, {"prime.py": SLOW}, "prime.py:is_prime") as opened:
        assert screened(opened, FAST) == ""
        assert lost(opened, FAST) == ""


def test_a_program_that_ends_its_own_tracing_only_hurts_itself(tmp_path: Path):
    hides = FAST.replace(RARE, "    import sys\n    sys.settrace(None)\n" + RARE)
    with lab(tmp_path, {"prime.py": SLOW}, "prime.py:is_prime") as opened:
        assert screened(opened, hides)


def test_lines_and_statements():
    assert changed("a\nb\nc", "a\nx\nc\nd") == {2, 4}
    text = 'def f(x):\n    """Doc."""\n    if (\n        x\n    ):\n        return 1\n    raise\n'
    assert [[*span] for span in statements(text)] == [[3, 4, 5], [6]]


def test_the_verdict_says_what_is_not_reached_and_what_helps(tmp_path: Path):
    source = FAST.replace(RARE, "")
    with lab(tmp_path, {"prime.py": SLOW}, "prime.py:is_prime") as opened:
        bout = Bout(opened.subject, opened.write(source), opened.first, 5, opened.desk)
        bout.sit((("tests", 1),), "first")
    told = bout.loss or ""
    assert told.startswith("refused, as the incumbent is not: takes out line 5, `return all(")
    assert "add a test or an example that runs it" in told


METHOD = """\
class Counter:
    def __init__(self) -> None:
        self.start = 1

    def total(self, numbers: list[int]) -> int:
        result = self.start
        if len(numbers) == 98765:
            result = 0
        for i in range(len(numbers)):
            result = result + numbers[i] * numbers[i]
        return result
"""
SUMMED = METHOD.replace("for i in range(len(numbers))", "for number in numbers").replace(
    "numbers[i] * numbers[i]", "number * number"
)


def test_a_method_is_asked_of_a_new_instance(tmp_path: Path):
    rare = SUMMED.replace("            result = 0\n", "            result = 7\n")
    with lab(tmp_path, {"counts.py": METHOD}, "counts.py:Counter.total") as opened:
        found = opened.subject.screen(SUMMED, opened.first, 5, opened.desk)
        assert found.why == ""
        assert found.gains["speed"] > 0  # which heats that fail would not give
        assert lost(opened, SUMMED) == ""
        assert "`result = 7`, which no question reaches" in screened(opened, rare)
