"""What rewrites leave alone: there they would change what a program does, on rare inputs."""

from __future__ import annotations

import pytest

from successor.authors.rewrite.shelf import rewritten

FLAG = """
def f(xs):
    t = False
    for x in xs:
        if 100 // (x - 54321) > 20:
            t = True
    return t
"""
TRIED = """
def f(xs):
    try:
        out = []
        for x in xs:
            out.append(100 // x)
    except ZeroDivisionError:
        return out
    return out
"""
KEYS = """
def f(xs, a, b):
    t = {}
    for x in xs:
        t[a[x]] = b[x]
    return t
"""
INDEX = """
def f(xs, s):
    for i in range(len(xs)):
        if xs[i] == int(s):
            return i
    return -1
"""
SHADOWED = """
def max(a, b):
    return a


def f(x, y):
    return x if x > y else y
"""
GIVEN = "def f(xs, sum):\n    t = 0\n    for x in xs:\n        t += x * sum\n    return t\n"
POPPED = """
def f(xs):
    out = []
    while xs:
        m = min(xs)
        xs.remove(m)
        if m > 54321:
            break
        out.append(m)
    return xs
"""
LIMITED = """
def f(xs):
    n = len(xs)
    for i in range(min(n, 3000)):
        for j in range(n - 1):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
    return xs
"""
BOUNDED = LIMITED.replace("n = len(xs)", "n = min(len(xs), 3000)").replace("min(n, 3000)", "n")
COUNTED = "def f(xs):\n    return dict(Counter(x for x in xs))\n"
EARLY = """
def f(xs):
    if not xs:
        return 0
    if xs[0] < 0:
        return 0
    return 100 // xs[0] + f(xs[1:])
"""
PAIRED = """
def f(a, b):
    if not a or not b:
        return 0
    if a[0] == b[0]:
        return 1
    return 100 // (a[0] - b[0]) + f(a[1:], b) + f(a, b[1:])
"""
HALF = """
def f(n):
    if n < 2:
        return False
    for d in range(2, n // 2):
        if n % d == 0:
            return False
    return True
"""
LAST = HALF.replace("n // 2", "n").replace("    for", "    d = 0\n    for").replace("True", "d")
DELETED = """
def f(xs):
    i = t = 0
    while i < len(xs):
        if xs[i] == 54321:
            {}
        t += xs[i]
        i += 1
    return t
"""
GUARDED = """
def f(xs, k):
    t = 0
    for i in range(10):
        if k < len(xs):
            t += xs[k] * i
    return t
"""
STEADY = GUARDED.replace("        if k < len(xs):\n            t", "        t")
HEAP = """
def f(xs):
    t = 0
    for i in range(len(xs)):
        if xs[i] == 54321:
            {}
        t += xs[i]
    return t
"""


@pytest.mark.parametrize(
    ("rewrite", "source", "never"),
    [
        ("any_of_loop", FLAG, "any(100"),
        ("any_of_loop", "def f(xs, g):\n    return any(x == g() for x in xs)\n", "in xs\n"),
        ("comprehension", TRIED, "[100"),
        ("comprehension", KEYS, "{a[x]"),
        ("search_of_loop", INDEX, ".index"),
        ("extreme_of_loop", SHADOWED, "max(y"),
        ("sum_of_loop", GIVEN, "sum("),
        ("smallest_first", POPPED, "heap"),
        ("sorted_by_swaps", LIMITED, ".sort("),
        ("sorted_by_swaps", BOUNDED, ".sort("),
        ("counting", COUNTED, "Counter(xs)"),
        ("rows", EARLY, "range"),
        ("table", PAIRED, "range"),
        ("trial_division", HALF, "isqrt"),
        ("trial_division", LAST, "isqrt"),
        ("primality", HALF, "_is_probable_prime(n)"),
        ("hoisting", DELETED.format("del xs[i]"), "= len(xs)"),
        ("hoisting", DELETED.format("drop(xs)"), "= len(xs)"),
        ("hoisting", GUARDED, "xs_k = xs[k]"),
        ("direct_iteration", HEAP.format("heappop(xs)"), "in xs"),
        ("direct_iteration", HEAP.format("del xs[0]"), "in xs"),
        ("direct_iteration", HEAP.format("i, t = 0, 1"), "in xs"),
        ("memoise", "def f(n):\n    return f(n - 1) + f(n - 2) if n > 1 else n\n", "@cache\ndef f"),
    ],
)
def test_what_could_be_changed_is_left_alone(rewrite: str, source: str, never: str):
    for text in rewritten(source, "f", rewrite):
        assert never not in text


@pytest.mark.parametrize(
    ("rewrite", "source", "after"),
    [
        ("any_of_loop", FLAG, "any([100"),
        ("any_of_loop", FLAG.replace("100 // (x - 54321)", "x"), "any([x > 20"),
        ("comprehension", KEYS.replace("a[x]", "x"), "{x: b[x]"),
        ("search_of_loop", INDEX.replace("int(s)", "s"), ".index"),
        ("sum_of_loop", GIVEN.replace("sum", "by"), "sum("),
        ("smallest_first", POPPED.replace("break", "continue"), "heap"),
        ("sorted_by_swaps", LIMITED.replace("min(n, 3000)", "n"), ".sort("),
        ("counting", COUNTED.replace("(xs)", "(xs: list[int])"), "Counter(xs)"),
        ("rows", EARLY.replace("100 //", "100 +"), "range"),
        ("table", PAIRED.replace("100 //", "100 +"), "range"),
        ("trial_division", HALF.replace("n // 2", "n // 2 + 1"), "isqrt"),
        ("hoisting", DELETED.format("print(i)"), "= len(xs)"),
        ("hoisting", STEADY, "xs_k = xs[k]"),
        ("direct_iteration", HEAP.format("print(i)"), "in enumerate(xs)"),
    ],
)  # fmt: skip
def test_what_differs_in_nothing_else_is_not(rewrite: str, source: str, after: str):
    assert any(after in text for text in rewritten(source, "f", rewrite))
