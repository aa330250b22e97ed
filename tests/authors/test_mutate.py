"""Single small repairs: which there are, and in which order they are tried."""

from __future__ import annotations

import ast

import pytest

from successor.authors.mutate.author import in_order
from successor.authors.mutate.repairs import repairs

HEAD = "def f(a, b):\n    "


def made(body: str) -> set[str]:
    """The bodies that a body of one line may be repaired to."""
    return {
        each.source.removeprefix(HEAD).strip()
        for each in repairs(f"{HEAD}{body}\n", "f")
        if each.source.startswith(HEAD)
    }


@pytest.mark.parametrize(
    ("body", "repaired"),
    [
        ("return a < b", "return a <= b"),
        ("return a - b", "return a + b"),
        ("return a - b", "return b - a"),
        ("return a / b", "return a // b"),
        ("return a and b", "return a or b"),
        ("return not a", "return a"),
        ("return a[b]", "return a[b - 1]"),
        ("return a[1:]", "return a[0:]"),
        ("return range(a)", "return range(a + 1)"),
        ("return range(a)", "return range(1, a)"),
        ("return g(a, b)", "return g(b, a)"),
        ("return a", "return b"),
        ("return min(a, b)", "return max(a, b)"),
        ("return a.lstrip()", "return a.strip()"),
        ("return 10", "return 11"),
        ("return True", "return False"),
        ("return a", "return a + 1"),
        ("return (a + b) * 2", "return (a - b) * 2"),
        ("return a * 2 + b", "return a * 2 - b"),
        ("return a", "if not a:\n        return 0\n    return a"),
        ("return a", 'if not a:\n        raise ValueError("a should not be empty")\n    return a'),
    ],
)
def test_a_fault_is_turned_round(body: str, repaired: str):
    assert repaired in made(body)


def test_a_return_that_ends_the_first_round_comes_after_the_loop():
    source = "def f(a):\n    t = 0\n    for x in a:\n        t += x\n        return t\n"
    mended = "def f(a):\n    t = 0\n    for x in a:\n        t += x\n    return t\n"
    assert mended in {each.source for each in repairs(source, "f")}


@pytest.mark.parametrize(
    "source",
    [
        (
            'def f(a, b=1):\n    """Says é."""\n    é = a\n'
            "    while a < b and é:\n        a += 1\n    return é\n"
        ),
        "class A:\n    def f(self, x: int) -> int:\n        return [x, -x][x > 0]\n",
        "def f(x): return x\n",
        "x = 1\ndef f(*a, **b):\n    if x: return a[0](*a, **b)\n    raise ValueError\n",
    ],
)
def test_every_repair_parses_and_is_none_of_types_or_docstrings(source: str):
    found = list(repairs(source, "f"))
    assert found
    for each in found:
        assert ast.get_docstring(ast.parse(each.source)) == ast.get_docstring(ast.parse(source))
        assert "-> int" in each.source or "-> int" not in source
        assert each.source != source or each.told


def test_suspicious_lines_come_first_and_no_others():
    source = "def f(a):\n    b = a < 1\n    c = a < 2\n    return a < 3\n"
    lines = [each.line for each in in_order(source, "f", {3: 0.5, 4: 0.9})]
    assert lines == sorted(lines, reverse=True)
    assert {*lines} == {3, 4}
