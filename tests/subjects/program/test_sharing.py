"""Answers that agree, and are still no substitute: objects that are shared."""

from __future__ import annotations

from pathlib import Path

import pytest

from subjects.program.labs import Lab, lab

HINT = "def f(n: int) -> list[int]:\n"
WORDS = f"{HINT}    if n < 2:\n        return [n]\n    return f(n - 1) + f(n - 2)\n"
KEPT = f"from functools import cache\n\n@cache\n{WORDS}"
PAIRS = "def f(n: int) -> list:\n    return [[n], [n]]\n"
TWICE = "def f(n: int) -> list:\n    one = [n]\n    return [one, one]\n"
PICK = "def f(rows: list[list[int]]) -> list[int]:\n    return max(rows, default=[])\n"
COPY = PICK.replace("max(rows, default=[])", "list(max(rows, default=[]))")
FILL = """\
def f(out: list[int], xs: list[int]) -> int:
    for x in xs:
        out.append(100 // x)
    return len(out)
"""
AT_ONCE = """\
def f(out: list[int], xs: list[int]) -> int:
    out += [100 // x for x in xs]
    return len(out)
"""


def told(opened: Lab, source: str) -> tuple[str, str]:
    """Why an author and the judge turn a version away; "" when they do not."""
    screening = opened.subject.screen(source, opened.first, 5, opened.desk)
    found = opened.subject.ask(opened.write(source), opened.first, opened.draw(), (), opened.desk)
    return screening.why, "; ".join(found.notes)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (WORDS, KEPT, "has returned before"),
        (PAIRS, TWICE, "twice in one answer"),
        (PICK, COPY, "shares other objects with its arguments"),
        (COPY, PICK, "shares other objects with its arguments"),
        (FILL, AT_ONCE, "leaves its arguments otherwise when it raises"),
    ],
    ids=["kept", "twice", "copied", "not copied", "half done"],
)
def test_what_shares_other_objects_is_refused(tmp_path: Path, before: str, after: str, why: str):
    with lab(tmp_path, {"f.py": before}, "f.py:f", "smaller", sizes=(3, 6)) as opened:
        for each in told(opened, after):
            assert why in each


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TWICE, PAIRS),
        (KEPT, WORDS),
        (PICK, PICK.replace("max(rows, default=[])", "max(rows) if rows else []")),
        ("TABLE = [[1], [2]]\n\ndef f(n: int) -> list[int]:\n    return TABLE[n % 2]\n",) * 2,
    ],
    ids=["once", "not kept", "same", "table"],
)
def test_what_shares_the_same_or_less_is_not(tmp_path: Path, before: str, after: str):
    with lab(tmp_path, {"f.py": before}, "f.py:f", "smaller", sizes=(3, 6)) as opened:
        assert told(opened, f"{after}# other\n") == ("", "")
