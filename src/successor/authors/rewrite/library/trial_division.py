"""A search for a divisor ends at the square root, and tries no even number after 2.

A number that has a divisor between 1 and itself has one up to its square root, and the smallest
one is a prime. Where nothing refuses small numbers first, they are left to the loop as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from successor.authors.rewrite.patterns import Found, Rule, applied, fits
from successor.authors.rewrite.site import Site, only_statement, site_of

_IMPORT = "from math import isqrt"
SEARCH = """
for d_ in range(2, {limit}):
    if n_ % d_ == 0:
        found__
"""
_ODD = """
if n_ % 2 == 0 and n_ > 2:
    d_ = 2
    found__
for d_ in range(3, isqrt(n_) + 1, 2):
    if n_ % d_ == 0:
        found__
"""
_BESIDE_SIX = """
if n_ % 2 == 0 and n_ > 2:
    d_ = 2
    found__
if n_ % 3 == 0 and n_ > 3:
    d_ = 3
    found__
for d_ in range(5, isqrt(n_) + 1, 6):
    if n_ % d_ == 0:
        found__
    if n_ % (d_ + 2) == 0:
        d_ += 2
        found__
"""
LIMITS = (
    "n_",
    "n_ - 1",
    "n_ // 2 + 1",
    "int(n_ / 2) + 1",
    "int(n_ ** 0.5) + 1",
    "int(math.sqrt(n_)) + 1",
    "int(sqrt(n_)) + 1",
    "isqrt(n_) + 1",
    "math.isqrt(n_) + 1",
)


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """Up to the root; odd divisors only; and only those next to a multiple of 6."""
    site = site_of(module, function)
    for limit in LIMITS if site else ():
        before = SEARCH.format(limit=limit)
        for after in (SEARCH.format(limit="isqrt(n_) + 1"), _ODD, _BESIDE_SIX):
            for text, when in ((_plain(after), _is_test), (after, _is_search)):
                rule = Rule(before, text, (_IMPORT,), when=when, apart=("d_ n_",))
                yield from applied(rule, cast("Site", site))


def _plain(after: str) -> str:
    """Without the divisor's name where it is not needed."""
    lines = after.splitlines(keepends=True)
    return "".join(each for each in lines if not each.strip().startswith("d_ "))


def _is_test(found: Found) -> bool:
    apart = not found.names("d_") & found.names("found__")
    return _returns(found) and apart and found.is_local("d_")


def _is_search(found: Found) -> bool:
    used = bool(found.names("d_") & found.names("found__"))
    return _returns(found) and used and found.is_local("d_")


def _returns(found: Found) -> bool:
    """Whether it returns at the first divisor, and small numbers do not come here."""
    last = found.bound["found__"][-1:]
    returns = bool(last) and isinstance(
        only_statement(cst.IndentedBlock(cast("list[cst.BaseStatement]", last))), cst.Return
    )
    return returns and found.is_name("n_") and is_positive(found.site, found.text("n_"))


def is_positive(site: Site, name: str, least: int = 1) -> bool:
    """Whether the function begins by leaving for numbers below `least` at least."""
    for statement in site.statements:
        if not isinstance(statement, cst.If):
            return False
        left = isinstance(only_statement(statement.body), cst.Return | cst.Raise)
        for pattern, more in ((f"{name} < c_", 0), (f"{name} <= c_", 1)):
            match fits(pattern, statement.test):
                case {"c_": (cst.Integer(value=value),)} if left and int(value) + more >= least:
                    return True
                case _:
                    pass
    return False
