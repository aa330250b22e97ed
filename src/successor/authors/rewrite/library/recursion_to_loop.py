"""A function of a whole number that looks a fixed way back becomes a loop that looks forward.

The first values, and what is refused, stay as they are; so does the recursion, for what is no
whole number, and for numbers from which it never comes back.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.recursion import answers_once, recurrence
from successor.authors.rewrite.site import names_in, site_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """The loop, which keeps as many values as the recursion looks back."""
    site = site_of(module, function)
    found = recurrence(site) if site else None
    if site is None or found is None or not answers_once(site):
        return
    names = [site.free(name) for name in ("last", "before", *_older(found.order))][: found.order]
    index = site.free("index")
    step = found.earlier(names, index)
    counter = index if index in names_in(cst.parse_expression(step)) else "_"
    targets, values = ", ".join(names), ", ".join(found.values)
    moved = ", ".join([step, *names[:-1]])
    yield from site.with_body(
        f"{found.guarded()}"
        f"{targets} = {values}\n"
        f"for {counter} in range({found.first}, {found.index} + 1):\n"
        f"    {targets} = {moved}\n"
        f"return {names[0]}\n"
    )


def _older(order: int) -> list[str]:
    return [f"before{number}" for number in range(2, order)]
