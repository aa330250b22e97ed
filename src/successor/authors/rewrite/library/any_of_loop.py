"""A loop that returns at the first that fits becomes `any` or `all`."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_LOOP = "for x_ in xs_:\n    if if_:\n        return {one}\nreturn {other}"
_FLAG = "t_ = {one}\nfor x_ in xs_:\n    if if_:\n        t_ = {other}"
_STOP = f"{_FLAG}\n        break"
_APART = ("t_ if_", "t_ xs_", "x_ xs_")

variants = by_rules(
    Rule(_LOOP.format(one=True, other=False), "return any(if_ for x_ in xs_)", local=("x_",)),
    Rule(_LOOP.format(one=False, other=True), "return not any(if_ for x_ in xs_)", local=("x_",)),
    *[
        Rule(flag.format(one=one, other=other), after, local=("x_",), apart=_APART)
        for flag in (_FLAG, _STOP)
        for one, other, after in (
            (False, True, "t_ = any(if_ for x_ in xs_)"),
            (True, False, "t_ = not any(if_ for x_ in xs_)"),
        )
    ],
    Rule("any(x_ == y_ for x_ in xs_)", "y_ in xs_", apart=("x_ y_",)),
    Rule("any([if_ for x_ in xs_])", "any(if_ for x_ in xs_)"),
    Rule("all([if_ for x_ in xs_])", "all(if_ for x_ in xs_)"),
    Rule("not any(not if_ for x_ in xs_)", "all(if_ for x_ in xs_)"),
)
