"""A function of whole numbers is compiled by numba, for numbers that fit a machine word.

Everything else is left to the function as it was. What overflows on the way is not noticed: the
screening and the judge have to.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import libcst as cst

from successor.authors.rewrite.recursion import calls_itself
from successor.authors.rewrite.site import Site, site_of, text_of

_LARGEST = "2**31"


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """Where numba is installed: the loops of a function whose parameters are hinted as int."""
    site = site_of(module, function)
    if site is None or not site.parameters or "." in function or find_spec("numba") is None:
        return
    loops = any(word in text_of(site.node) for word in ("for ", "while "))
    if loops and not calls_itself(site) and all(site.hint(p) == "int" for p in site.parameters):
        yield from _compiled(site)


def _compiled(site: Site) -> Iterator[cst.Module]:
    name = f"_{site.name}"
    plain = site.node.with_changes(name=cst.Name(name), returns=None, leading_lines=[])
    given = ", ".join(site.parameters)
    checks = " and ".join(
        f"type({each}) is int and -{_LARGEST} < {each} < {_LARGEST}" for each in site.parameters
    )
    above = f"@njit\n{text_of(plain).strip()}\n"
    body = f"if {checks}:\n    return {name}({given})\n{text_of(*site.statements)}"
    for inner in site.with_body(body, "from numba import njit"):
        again = site_of(inner, site.name)
        if again is not None:
            yield from again.with_node(again.node, before=above)
