"""For each rewrite: a function before, what has to be in one of its variants, and calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One function `f`; every variant has to do the same in each of the calls."""

    rewrite: str
    before: str
    after: str
    """The body of a variant, or a part of its text."""
    calls: tuple[tuple[Any, ...], ...]


def numbers(*values: object) -> tuple[tuple[Any, ...], ...]:
    return tuple((value,) for value in values)


FIB = "def f(n):\n    if n < 2:\n        return n\n    return f(n - 1) + f(n - 2)\n"
MAPPED = """
def f(n):
    if n < 2:
        return n
    return f(n - 1) + sum(map(f, (n - 2, n - 3))) + f(n - 4)
"""
LUCAS = """
def f(n):
    if n == 0:
        return 2
    if n == 1: return 1
    return 3 * f(n - 2) + f(n - 1)
"""
TRIBONACCI = """
def f(n: int) -> int:
    '''Of the three before.'''
    if n in (0, 1, 2):
        return n * n
    return f(n - 1) + f(n - 2) * f(n - 3)
"""
PRIMES = """
def f(n):
    found = []
    for k in range(2, n):
        if all(k % d for d in range(2, k)):
            found.append(k)
    return found
"""
HAS_DIVISOR = """
def f(n: int) -> bool:
    if n < 1:
        raise ValueError("too small")
    return any(n % d == 0 for d in range(2, n // 2 + 1))
"""
FACTORIAL = """
def f(n):
    if n < 0:
        raise ValueError("negative")
    if not n:
        return 1
    return n * f(n - 1)
"""
POWER = "def f(x, n):\n    if n <= 0:\n        return x\n    return x * f(x, n - 1)\n"
GCD = "def f(a, b):\n    if b == 0: return a\n    return f(b, a % b)\n"
DISTANCE = """
def f(a, b):
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return f(a[1:], b[1:])
    return 1 + min(f(a[1:], b), f(a, b[1:]), f(a[1:], b[1:]))
"""
HELPERS = """
def twice(x):
    return x * 2


def shifted(x, by):
    "So many bits."
    return x << by


def split(pair):
    return pair // 10, pair % 10


def middle(size):
    half = size // 2
    half += 1
    return half * 3


"""
COMMON = """
def f(a, b):
    if len(a) == 0:
        return 0
    elif len(b) == 0:
        return 0
    elif a[0] == b[0]:
        return 1 + f(a[1:], b[1:])
    else:
        return max(f(a[1:], b), f(a, b[1:]))
"""
PRIME = """
def f(n):
    if n < 2:
        return False
    for d in range(2, n):
        if n % d == 0:
            return False
    return True
"""
DIVISOR = """
def f(n):
    if n <= 0:
        raise ValueError(n)
    for d in range(2, n // 2 + 1):
        if n % d == 0:
            return d
    return n
"""
MATRICES = """
def f(a, b):
    c = []
    for i in range(len(a)):
        row = []
        for j in range(len(b[0])):
            total = 0
            for k in range(len(a[0])):
                total += a[i][k] * b[k][j]
            row.append(total)
        c.append(row)
    return c
"""
IN_PLACE = """
def f(a, b):
    c = [[0] * len(b[0]) for _ in range(len(a))]
    for i in range(len(a)):
        for j in range(len(b[0])):
            for k in range(len(b)):
                c[i][j] += a[i][k] * b[k][j]
    return c
"""
WORDS = (("kitten", "sitting"), ("", "abc"), ("abc", ""), ("flaw", "lawn"), ("", ""), (None, ""))
GRIDS: tuple[tuple[Any, ...], ...] = (
    ([[1, 2], [3, 4]], [[5, 6], [7, 8]]),
    ([[0.5, 2.0]], [[0.25], [4.0]]),
    ([[1, 2.5]], [[2], [True]]),
    ([[2**40]], [[2**40]]),
    ([], []),
    ([[]], [[1]]),
    ([[1]], []),
    ([[1, 2]], [[1]]),
    ([[-1, 3]], [[2, 1], [7]]),
)
LISTS = numbers([3, 1, 2, 3], [], [7], [1.5, -2.0], ["a"], None)

CASES = (
    Case("memoise", FIB, "@cache\n    def inner(n):", numbers(0, 1, 5, 12, -3, 2.5, True)),
    Case("memoise", MAPPED, "@lru_cache(maxsize=4096, typed=True)\ndef f(n):", numbers(9, 2.0)),
    Case("memoise", DISTANCE, "return inner(a, b)", WORDS),
    Case("recursion_to_loop", FIB, "last, before = 1, 0", numbers(0, 1, 2, 12, -3, 2.5, True)),
    Case("recursion_to_loop", LUCAS, "if type(n) is not int or n < 2:", numbers(0, 1, 2, 9)),
    Case("recursion_to_loop", TRIBONACCI, "before * before2, last, before", numbers(0, 2, 3, 6)),
    Case("recursion_to_loop", FACTORIAL, "for index in range(1, n + 1)", numbers(0, 1, 9, -1)),
    Case("recursion_to_loop", POWER, "last = x * last", ((2, 5), ("a", 0), (3, -1))),
    Case("doubling", FIB, 'for bit in f"{n:b}":', numbers(*range(-2, 16), 2.5, True)),
    Case("doubling", LUCAS, "return p + 2 * q", numbers(*range(16))),
    Case("factorial", FACTORIAL, "math.factorial(n)", numbers(0, 1, 2, 20, -1)),
    Case("tail_calls", GCD, "a, b = b, a % b", ((12, 18), (0, 0), (5, 0), (2.5, 1), ("", 1))),
    Case("table", DISTANCE, "row[j] = below[j + 1]", WORDS),
    Case("table", COMMON, "elif (columns - j) == 0", WORDS[:-1]),
    Case("trial_division", PRIME, "range(2, isqrt(n) + 1)", numbers(*range(-3, 300), 7.0, "a")),
    Case("trial_division", PRIME, "range(5, isqrt(n) + 1, 6)", numbers(25, 49, 35, 121, 961)),
    Case("trial_division", DIVISOR, "d += 2", numbers(*range(-3, 300))),
    Case("divisor_test", PRIMES, "range(2, isqrt(k) + 1)", numbers(*range(-3, 60), "a")),
    Case("divisor_test", PRIMES, "range(3, isqrt(k) + 1, 2)", numbers(200, 300)),
    Case("divisor_test", HAS_DIVISOR, "(n > 2 and n % 2 == 0) or", numbers(*range(-3, 300))),
    Case("primality", PRIME, "_is_probable_prime(n)", numbers(*range(-3, 1000), 7.0, 3215, 65537)),
    Case("compiled", PRIME.replace("(n)", "(n: int)"), "@njit", ()),
    Case(
        "sum_of_loop",
        "def f(xs):\n    t = 0\n    for x in xs:\n        t += x * x\n    return t\n",
        "t = sum(x * x for x in xs)",
        LISTS,
    ),
    Case(
        "sum_of_loop",
        "def f(xs):\n    t = 1\n    for x in xs:\n        t = t * (x + 1)\n    return t\n",
        "t = math.prod(x + 1 for x in xs)",
        LISTS[:-2],
    ),
    Case(
        "any_of_loop",
        "def f(xs):\n    for x in xs:\n        if x == 3:\n            return True\n"
        "    return False\n",
        "return any(x == 3 for x in xs)",
        LISTS,
    ),
    Case(
        "any_of_loop",
        "def f(xs):\n    good = True\n    for x in xs:\n        if x == 3:\n"
        "            good = False\n            break\n    return good\n",
        "good = not any(x == 3 for x in xs)",
        LISTS,
    ),
    Case(
        "extreme_of_loop",
        "def f(xs):\n    best = xs[0]\n    for x in xs[1:]:\n        if x > best:\n"
        "            best = x\n    return best\n",
        "best = max(xs[0], max(xs))",
        LISTS,
    ),
    Case(
        "extreme_of_loop",
        "def f(xs):\n    return max(xs, 2)\n",
        "(2 if 2 > xs else xs)",
        numbers(1, 3, "a"),
    ),
    Case(
        "comprehension",
        "def f(xs):\n    out = []\n    for x in xs:\n        if x:\n"
        "            out.append(x * 2)\n    return out\n",
        "out = [x * 2 for x in xs if x]",
        LISTS,
    ),
    Case(
        "comprehension",
        "def f(xs):\n    out = {}\n    for x in xs:\n        out[x] = [x]\n    return out\n",
        "out = {x: [x] for x in xs}",
        LISTS,
    ),
    Case("matrix_product", MATRICES, "c = _product(a, b)", GRIDS),
    Case("matrix_product", MATRICES, "sum(map(mul, row, column))", GRIDS),
    Case("matrix_product", IN_PLACE, "c = _product(a, b)", GRIDS),
    Case(
        "joined_text",
        "def f(xs):\n    t = ''\n    for x in xs:\n        t += str(x)\n    return t\n",
        't = "".join([str(x) for x in xs])',
        LISTS,
    ),
    Case(
        "unique",
        "def f(xs):\n    t = []\n    for x in xs:\n        if x not in t:\n"
        "            t.append(x)\n    return t\n",
        "list(dict.fromkeys(xs))",
        (*LISTS, ([[1], [1]],)),
    ),
    Case(
        "membership",
        "def f(xs: list[int]):\n    seen = []\n    for x in xs:\n        if x in seen:\n"
        "            return x\n        seen.append(x)\n    return None\n",
        "seen.add(x)",
        LISTS,
    ),
    Case(
        "membership",
        "def f(xs, ys):\n    return [x for x in xs if x not in ys]\n",
        "known = set(ys)",
        (([1, 2], [2]), ([], [])),
    ),
    Case(
        "direct_iteration",
        "def f(xs):\n    t = 0\n    for i in range(len(xs)):\n"
        "        t += xs[i] * xs[i]\n    return t\n",
        "for item in xs:\n        t += item * item",
        LISTS[:-1],
    ),
    Case(
        "direct_iteration",
        "def f(xs):\n    t = 0\n    for i in range(len(xs)):\n"
        "        t += i * xs[i]\n    return t\n",
        "for i, item in enumerate(xs):",
        LISTS[:-2],
    ),
    Case(
        "hoisting",
        "def f(a):\n    t = []\n    for i in range(len(a)):\n"
        "        for j in range(len(a)):\n            t.append(a[i] * j)\n    return t\n",
        "a_i = a[i]",
        LISTS,
    ),
    Case(
        "hoisting",
        "import math\n\n\ndef f(a):\n    t = 0\n    while t < len(a):\n"
        "        t += math.floor(1.5)\n    return t\n",
        "math_floor = math.floor",
        LISTS,
    ),
    Case(
        "counting",
        "def f(xs):\n    t = {}\n    for x in xs:\n        if x in t:\n"
        "            t[x] += 1\n        else:\n            t[x] = 1\n    return t\n",
        "dict(Counter(x for x in xs))",
        LISTS,
    ),
    Case(
        "counting",
        "def f(xs):\n    t = {}\n    for x in xs:\n        if x not in t:\n"
        "            t[x] = []\n        t[x].append(x)\n    return t\n",
        "t.setdefault(x, []).append(x)",
        LISTS,
    ),
    Case(
        "modular_power",
        "def f(a, b):\n    return (a ** b) % (b + 7)\n",
        "pow(a, b, b + 7)",
        ((2, 10), (3, 0), (-2, 5)),
    ),
    Case(
        "modular_power",
        "def f(a, n):\n    t = 1\n    for _ in range(n):\n        t *= a\n    return t\n",
        "t = a ** max(n, 0)",
        ((2, 10), (3, -1), (1.5, 3)),
    ),
    Case(
        "smallest_first",
        "def f(xs):\n    out = []\n    while xs:\n        m = min(xs)\n"
        "        xs.remove(m)\n        out.append(m)\n    return out\n",
        "m = heapq.heappop(xs)",
        LISTS[:-1],
    ),
    Case(
        "sorted_search",
        "def f(xs, y):\n    for i in range(len(xs)):\n        if xs[i] >= y:\n"
        "            return i\n    return len(xs)\n",
        "return bisect_left(xs, y)",
        (([1, 2, 2, 3], 2), ([], 1), ([1], 4)),
    ),
    Case(
        "exact_arithmetic",
        "def f(a, b):\n    return a + b\n",
        "Fraction(repr(each))",
        (
            (1, 2),
            ("a", "b"),
            (0.5, 0.25),
            (-0.0, -0.0),
            (float("inf"), 1.0),
            (1, "a"),
            (10**400, 0.5),
            ([1], [2]),
            (True, True),
            (1e308, 1e308),
        ),
    ),
    Case(
        "clear_errors",
        "def f(a, b):\n    return a + b\n",
        "must be a number",
        ((1, 2), ("a", "b"), ("a", 1), (None, 1), ([1], [2])),
    ),
    Case(
        "clear_errors",
        "def f(a: int, b: list[int]):\n    return b[a]\n",
        'f"b must be a list, not {type(b).__name__}"',
        ((0, [1]), (True, [1, 2]), ("a", [1])),
    ),
    Case(
        "rows",
        "def f(a, b):\n    if len(a) == 0 or len(b) == 0:\n        return 0\n"
        "    elif a[-1] == b[-1]:\n        return 1 + f(a[:-1], b[:-1])\n"
        "    else:\n        return max(f(a[:-1], b), f(a, b[:-1]))\n",
        "row[j] = max(before[j], row[j - 1])",
        (("", ""), ("", "a"), ("abcde", "ace"), ("ab", "ba"), ([1, 2], [2])),
    ),
    Case(
        "rows",
        "def f(n, k):\n    if k == 0 or k == n:\n        return 1\n"
        "    return f(n - 1, k - 1) + f(n - 1, k)\n",
        "row[j] = before[j - 1] + before[j]",
        ((0, 0), (5, 2), (6, 6), (9, 0)),
    ),
    Case(
        "rows",
        "def f(xs):\n    if not xs:\n        return 0\n    return xs[0] + f(xs[1:])\n",
        "value = xs[i] + value",
        (([],), ([1, 2, 3],), ([0.5],)),
    ),
    Case(
        "rows",
        "def f(n):\n    if n < 2:\n        return n\n    if n % 3 == 0:\n"
        "        return f(n - 1) + 1\n    return f(n - 1) + f(n - 2)\n",
        "values[i] = values[i - 1] + values[i - 2]",
        numbers(-1, 0, 1, 2, 3, 12),
    ),
    Case(
        "places",
        DISTANCE,
        "return 1 + min(solve(i + 1, j), solve(i, j + 1), solve(i + 1, j + 1))",
        (("ab", "ba"), ("", ""), ("abc", "b"), ([1], [2])),
    ),
    Case(
        "places",
        "def f(s):\n    if s == '':\n        return 0\n    if s[-1] == 'a':\n"
        "        return 1 + f(s[:-1])\n    return f(s[:-1])\n",
        "return 1 + solve(i - 1)",
        (("",), ("abca",), ("b",)),
    ),
    Case(
        "search_of_loop",
        "def f(xs, v):\n    for i in range(len(xs)):\n        if xs[i] == v:\n"
        "            return i\n    return -1\n",
        "return xs.index(v)",
        (([1, 2], 2), ([], 1), ("ab", "b"), ((1,), 2)),
    ),
    Case(
        "search_of_loop",
        "def f(xs, v):\n    for x in xs:\n        if x == v:\n            return True\n"
        "    return False\n",
        "return v == v and v in xs",
        (([1, 2], 2), ([], 1), ("ab", "b")),
    ),
    Case(
        "search_of_loop",
        "def f(xs, v):\n    n = 0\n    for x in xs:\n        if x == v:\n            n += 1\n"
        "    return n\n",
        "n = xs.count(v)",
        (([1, 2, 1], 1), ([], 1), ("aba", "a")),
    ),
    Case(
        "slices",
        "def f(xs):\n    return [xs[i] for i in range(len(xs) - 1, -1, -1)]\n",
        "return xs[::-1]",
        (([],), ([1, 2],)),
    ),
    Case(
        "slices",
        "def f(s):\n    out = ''\n    for c in s:\n        out = c + out\n    return out\n",
        "out = s[::-1]",
        (("",), ("abc",)),
    ),
    Case(
        "running_totals",
        "def f(xs):\n    return [sum(xs[: i + 1]) for i in range(len(xs))]\n",
        "return list(accumulate(xs, initial=0))[1:]",
        (([],), ([1, 2, 3],)),
    ),
    Case(
        "running_totals",
        "def f(xs):\n    out = []\n    t = 0\n    for x in xs:\n        t += x\n"
        "        out.append(t)\n    return out\n",
        "out.extend(islice(accumulate(xs, initial=0), 1, None))",
        (([],), ([1, 2, 3],)),
    ),
    Case(
        "series",
        "def f(n):\n    return sum(range(1, n + 1))\n",
        "max(n, 0) * (n + 1) // 2",
        numbers(-4, -1, 0, 1, 10),
    ),
    Case(
        "sorted_by_swaps",
        "def f(xs):\n    for i in range(len(xs)):\n        for j in range(len(xs) - i - 1):\n"
        "            if xs[j] > xs[j + 1]:\n"
        "                xs[j], xs[j + 1] = xs[j + 1], xs[j]\n    return xs\n",
        "xs.sort()",
        (([],), ([1, 1],)),  # the other variant guesses the other order
    ),
    Case(
        "inlining",
        f"{HELPERS}def f(a, bs):\n    return [twice(b) + shifted(a + b, 2) for b in bs]\n",
        "[(b * 2) + ((a + b) << 2) for b in bs]",
        ((3, [1, 2]), (0, [])),
    ),
    Case(
        "inlining",
        f"{HELPERS}def f(a, ranges):\n    left, right = split(ranges[a])\n"
        "    return left - right\n",
        "pair = ranges[a]\n    left, right = pair // 10, pair % 10\n    return left",
        ((0, [45]), (1, [45]), (1, [1, "x"])),
    ),
    Case(
        "inlining",
        f"{HELPERS}def f(size, half):\n    # first\n    total = middle(size + half)\n"
        "    return total - half\n",
        "# first\n    size_ = size + half\n    half_ = size_ // 2\n    half_ += 1\n"
        "    total = half_ * 3\n    return total - half",
        ((4, 2), (9, 8), ("", 1)),
    ),
)
