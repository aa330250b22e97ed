"""Remember what a function that calls itself has answered: within one call, or for good.

Within one call nothing outlives the call, so equal questions cost the same again. Arguments that
cannot be keys of a table raise TypeError, where they did not before.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.recursion import calls_itself, with_calls
from successor.authors.rewrite.site import Site, block, site_of, text_of

_CACHE = "from functools import cache"


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """For a function that calls itself at least twice: a cache inside, a cache around."""
    site = site_of(module, function)
    if site is None or not site.parameters or "." in function or calls_itself(site) < 2:
        return
    if site.node.decorators:
        return
    yield from _inside(site)
    decorated = [cst.Decorator(cst.Name("cache"))]
    yield from site.with_node(site.node.with_changes(decorators=decorated), _CACHE)


def _inside(site: Site) -> Iterator[cst.Module]:
    inner = site.free("inner")
    given = ", ".join(site.parameters)
    body = text_of(*with_calls(site, inner))
    text = f"@cache\ndef {inner}({given}):\n{block(body)}\nreturn {inner}({given})\n"
    yield from site.with_body(text, _CACHE)
