"""A sort written out with swaps, by the builtin that sorts."""

from __future__ import annotations

import libcst as cst
import libcst.matchers as m

from successor.authors.rewrite.patterns import Found, Rule, by_rules
from successor.authors.rewrite.site import text_of

_SWAPS = (
    "xs_[a_], xs_[b_] = xs_[b_], xs_[a_]",
    "t_ = xs_[a_]\n            xs_[a_] = xs_[b_]\n            xs_[b_] = t_",
)


def _is_whole(found: Found) -> bool:
    """Whether nothing but the length of the list limits the loops, as far as can be seen."""
    parts = [node for name in ("outer_", "inner_") for node in found.bound[name]]
    numbers = [
        int(each.value, 0)
        for part in parts
        for each in m.findall(part, m.Integer())
        if isinstance(each, cst.Integer)
    ]
    items, text = found.text("xs_"), text_of(found.site.node)
    other = found.names("outer_") | found.names("inner_")
    other -= {"range", "len", items, *found.names("i_"), *found.names("j_")}
    lengths = all(text.count(f"{name} = ") == text.count(f"{name} = len({items})\n") == 1
                  for name in other)  # fmt: skip
    return found.is_name("xs_") and lengths and all(number <= 2 for number in numbers)


variants = by_rules(
    *[
        Rule(
            f"for i_ in outer_:\n    for j_ in inner_:\n        if xs_[a_] {sign} xs_[b_]:\n"
            f"            {swap}",
            f"xs_.sort({order})",
            local=("i_", "j_"),
            when=_is_whole,
        )
        for sign in "<>"
        for swap in _SWAPS
        for order in ("", "reverse=True")
    ]
)
