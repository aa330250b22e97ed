from __future__ import annotations

import pytest

from successor.subjects.program.goals import read_goal


@pytest.mark.parametrize(
    ("text", "objectives", "unknown"),
    [
        ("faster", ("speed",), ()),
        ("Make it faster", ("speed",), ()),
        ("exact for floats, clear errors for wrong types", ("accuracy", "errors"), ()),
        ("clear errors for wrong types and much faster", ("errors", "speed"), ()),
        ("less memory, smaller", ("memory", "size"), ()),
        ("simpler, then faster", ("size", "speed"), ("then",)),
        ("as purple as possible", ("speed",), ("purple",)),
        ("", ("speed",), ()),
        ("breakfast", ("speed",), ("breakfast",)),
    ],
)
def test_words_that_mean_something(
    text: str, objectives: tuple[str, ...], unknown: tuple[str, ...]
):
    goal = read_goal(text)
    assert goal.objectives == objectives
    assert goal.unknown == unknown
