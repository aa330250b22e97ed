"""Taking the smallest out of a list again and again is done on a heap.

Of items that are equal and yet not the same, such as 1 and True, another one may come first.
"""

from __future__ import annotations

from successor.authors.rewrite.changes import is_fixed
from successor.authors.rewrite.effects import ends_early
from successor.authors.rewrite.patterns import Found, Rule, by_rules
from successor.authors.rewrite.site import names_in, text_of

_IMPORT = ("import heapq",)


def _is_emptied(found: Found) -> bool:
    """Whether nobody sees another order: the loop never ends before its end, and asks nothing
    that may be the same list by another name.
    """
    if not found.is_name("xs_") or ends_early(*found.bound["rest__"]):
        return False
    items, site = found.text("xs_"), found.site
    given = names_in(*found.bound["rest__"]) & set(site.parameters)
    return all(is_fixed(site, name) for name in given) and f"= {items}\n" not in text_of(site.node)


variants = by_rules(
    Rule(
        "while xs_:\n    m_ = min(xs_)\n    xs_.remove(m_)\n    rest__",
        "heapq.heapify(xs_)\nwhile xs_:\n    m_ = heapq.heappop(xs_)\n    rest__",
        _IMPORT,
        when=_is_emptied,
        apart=("xs_ rest__",),
    ),
    Rule(
        "while xs_:\n    m_ = min(xs_)\n    xs_.remove(m_)\n    rest__\n    xs_.append(e_)",
        "heapq.heapify(xs_)\nwhile xs_:\n    m_ = heapq.heappop(xs_)\n    rest__\n"
        "    heapq.heappush(xs_, e_)",
        _IMPORT,
        when=_is_emptied,
        apart=("xs_ rest__", "xs_ e_"),
    ),
    Rule(
        "while len(xs_) > 1:\n    a_ = min(xs_)\n    xs_.remove(a_)\n    b_ = min(xs_)\n"
        "    xs_.remove(b_)\n    rest__\n    xs_.append(e_)",
        "heapq.heapify(xs_)\nwhile len(xs_) > 1:\n    a_ = heapq.heappop(xs_)\n"
        "    b_ = heapq.heappop(xs_)\n    rest__\n    heapq.heappush(xs_, e_)",
        _IMPORT,
        when=_is_emptied,
        apart=("xs_ rest__", "xs_ e_"),
    ),
    Rule("sorted(xs_)[:k_]", "heapq.nsmallest(k_, xs_)", _IMPORT),
)
