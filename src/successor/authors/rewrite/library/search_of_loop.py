"""A loop that looks for a value becomes `in`, `index` or `count`."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_INDEX = "try:\n    return xs_.index(v_)\nexcept ValueError:\n    return e_"
# What is looked for is worked out once, within `try`, and also where there is nothing to look at.
_PLAIN = ("v_",)
_APART = ("i_ xs_", "i_ v_", "i_ e_")

variants = by_rules(
    Rule(
        "for x_ in xs_:\n    if x_ == v_:\n        return True\nreturn False",
        "return v_ in xs_",
        apart=("x_ v_", "x_ xs_"),
        plain=_PLAIN,
    ),
    Rule(
        "for x_ in xs_:\n    if x_ == v_:\n        return False\nreturn True",
        "return v_ not in xs_",
        apart=("x_ v_", "x_ xs_"),
        plain=_PLAIN,
    ),
    Rule(
        "for i_ in range(len(xs_)):\n    if xs_[i_] == v_:\n        return i_\nreturn e_",
        _INDEX,
        apart=_APART,
        plain=_PLAIN,
    ),
    Rule(
        "for i_, x_ in enumerate(xs_):\n    if x_ == v_:\n        return i_\nreturn e_",
        _INDEX,
        apart=(*_APART, "x_ v_", "x_ xs_", "x_ e_"),
        plain=_PLAIN,
    ),
    Rule(
        "t_ = 0\nfor x_ in xs_:\n    if x_ == v_:\n        t_ += 1",
        "t_ = xs_.count(v_)",
        local=("x_",),
        apart=("t_ v_", "t_ xs_", "x_ v_", "x_ xs_"),
        plain=_PLAIN,
    ),
    Rule("t_ = xs_.count(v_)\nreturn t_", "return xs_.count(v_)"),
)
