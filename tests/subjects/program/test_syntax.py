from __future__ import annotations

import pytest

from successor.subjects.program import syntax

F = "LIMIT = 3\ndef f(a, b=1):\n    return a\ndef g():\n    return 2\n"
BLOCK = "def f(a):\n    # EVOLVE-BLOCK-START\n    return a\n    # EVOLVE-BLOCK-END\nX = 1\n"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (F, ""),
        (F.replace("return a", "return a + 0"), ""),
        ("import math\n" + F, ""),
        (F.replace("a, b=1", "a, b=1, *, c=2"), ""),
        ("def f(a, b=1:\n", "does not parse"),
        (F.replace("def g", "def h"), "lacks 'g'"),
        (F.replace("LIMIT", "LIMITS"), "lacks 'LIMIT'"),
        (F.replace("a, b=1", "x, b=1"), "lacks the parameter 'a'"),
        (F.replace("a, b=1", "b, a=1"), "changes the order"),
        (F.replace("b=1", "b=2"), "changes the default of 'b'"),
        (F.replace("a, b=1", "a, b=1, *, c"), "asks for more"),
        (F.replace("def f", "async def f"), "awaited"),
    ],
)
def test_callers_have_to_find_what_they_know(source: str, told: str):
    flaw = syntax.flaw(F, source, "f")
    assert told in flaw
    assert bool(told) == bool(flaw)


def test_only_evolve_regions_may_change():
    assert not syntax.flaw(BLOCK, BLOCK.replace("return a", "b = a\n    return b"), "f")
    assert "outside" in syntax.flaw(BLOCK, BLOCK.replace("X = 1", "X = 2"), "f")
    assert "outside" in syntax.flaw(BLOCK, BLOCK.replace("# EVOLVE-BLOCK-START\n", "\n"), "f") or (
        "match" in syntax.flaw(BLOCK, BLOCK.replace("# EVOLVE-BLOCK-START\n", "\n"), "f")
    )


def test_nodes_do_not_depend_on_formatting():
    assert syntax.nodes("x=1") == syntax.nodes("x  =  1  # one\n\n")
    assert syntax.nodes("x = 1 + 1") > syntax.nodes("x = 1")
