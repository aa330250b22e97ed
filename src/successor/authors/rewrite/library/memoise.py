"""Remember what a function that calls itself has answered, within one call.

Only where answering changes nothing, and no answer has another one in it that somebody may change.
Nothing outlives the call, so that no cache grows and no answer is handed out twice. Only where
the function is used otherwise than by calls in its own text, as by `map`, is the cache around it;
that one is bounded, and tells 1 from 1.0. Arguments that cannot be keys of a table raise TypeError,
where they did not before.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.patterns import walked
from successor.authors.rewrite.recursion import answers_once, calls_itself, with_calls
from successor.authors.rewrite.site import Site, block, names_in, site_of, text_of

_INSIDE, _AROUND = "from functools import cache", "from functools import lru_cache"
_LASTING = (cst.List, cst.Dict, cst.Set, cst.ListComp, cst.DictComp, cst.SetComp)
"""What an answer may be that somebody changes, before it is handed out again."""
_KEPT = "lru_cache(maxsize=4096, typed=True)"


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """For a function that calls itself at least twice."""
    site = site_of(module, function)
    if site is None or not site.parameters or "." in function or calls_itself(site) < 2:
        return
    if site.node.decorators or not answers_once(site):
        return
    inner = site.free("inner")
    body = with_calls(site, inner)
    if site.name in names_in(*body):
        if any(isinstance(each, _LASTING) for each in walked(site.node)):
            return
        decorated = [cst.Decorator(cst.parse_expression(_KEPT))]
        yield from site.with_node(site.node.with_changes(decorators=decorated), _AROUND)
    else:
        yield from _inside(site, inner, text_of(*body))


def _inside(site: Site, inner: str, body: str) -> Iterator[cst.Module]:
    given = ", ".join(site.parameters)
    text = f"@cache\ndef {inner}({given}):\n{block(body)}\nreturn {inner}({given})\n"
    yield from site.with_body(text, _INSIDE)
