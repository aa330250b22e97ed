"""Taking the smallest out of a list again and again is done on a heap."""

from __future__ import annotations

from successor.authors.rewrite.effects import ends_early
from successor.authors.rewrite.patterns import Found, Rule, by_rules

_IMPORT = ("import heapq",)


def _is_emptied(found: Found) -> bool:
    """Whether no order is left in which the list was: the loop never ends before its end."""
    return found.is_name("xs_") and not ends_early(*found.bound["rest__"])


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
