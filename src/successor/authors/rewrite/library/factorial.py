"""n * (n - 1) * … is math.factorial, or math.prod of a range where it begins elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.recursion import recurrence
from successor.authors.rewrite.site import site_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """The library's function in the place of the recursion."""
    site = site_of(module, function)
    found = recurrence(site) if site else None
    if site is None or found is None or found.order != 1 or found.values != ("1",):
        return
    n = found.index
    if found.earlier(["last"], n) not in {f"{n} * last", f"last * {n}"}:
        return
    text = found.guarded()
    if found.first in {1, 2}:
        yield from site.with_body(f"{text}return factorial({n})\n", "from math import factorial")
        yield from site.with_body(f"{text}return math.factorial({n})\n", "import math")
    product = f"{text}return math.prod(range({found.first}, {n} + 1))\n"
    yield from site.with_body(product, "import math")
