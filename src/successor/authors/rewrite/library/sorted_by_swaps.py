"""A sort written out with swaps, by the builtin that sorts."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_SWAPS = (
    "xs_[a_], xs_[b_] = xs_[b_], xs_[a_]",
    "t_ = xs_[a_]\n            xs_[a_] = xs_[b_]\n            xs_[b_] = t_",
)

variants = by_rules(
    *[
        Rule(
            f"for i_ in outer_:\n    for j_ in inner_:\n        if xs_[a_] {sign} xs_[b_]:\n"
            f"            {swap}",
            f"xs_.sort({order})",
            local=("i_", "j_"),
            when=lambda found: found.is_name("xs_"),
        )
        for sign in "<>"
        for swap in _SWAPS
        for order in ("", "reverse=True")
    ]
)
