"""A loop that adds up becomes `sum`, one that multiplies `math.prod`.

Where the terms are floats the sum is the same: `sum` adds from the left, like the loop (more
exactly from Python 3.12 on).
"""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_APART = ("t_ e_", "t_ xs_", "x_ xs_")
_ADD = ("t_ += e_", "t_ = t_ + e_", "t_ = e_ + t_")
_MULTIPLY = ("t_ *= e_", "t_ = t_ * e_", "t_ = e_ * t_")

variants = by_rules(
    *[
        Rule(
            f"t_ = 0\nfor x_ in xs_:\n    {add}",
            "t_ = sum(e_ for x_ in xs_)",
            local=("x_",),
            apart=_APART,
        )
        for add in _ADD
    ],
    *[
        Rule(
            f"t_ = 0\nfor x_ in xs_:\n    if if_:\n        {add}",
            "t_ = sum(e_ for x_ in xs_ if if_)",
            local=("x_",),
            apart=(*_APART, "t_ if_"),
        )
        for add in _ADD
    ],
    *[
        Rule(
            f"t_ = 1\nfor x_ in xs_:\n    {times}",
            "t_ = math.prod(e_ for x_ in xs_)",
            ("import math",),
            local=("x_",),
            apart=_APART,
        )
        for times in _MULTIPLY
    ],
    Rule("sum(x_ for x_ in xs_)", "sum(xs_)"),
    Rule("math.prod(x_ for x_ in xs_)", "math.prod(xs_)"),
    Rule("sum([e_ for x_ in xs_])", "sum(e_ for x_ in xs_)"),
    Rule("sum(e_ for x_ in xs_)", "sum([e_ for x_ in xs_])"),
    Rule("t_ = sum(e_ for x_ in xs_)\nreturn t_", "return sum(e_ for x_ in xs_)"),
    # `count` finds NaN where it is the very same object.
    Rule(
        "sum(1 for x_ in xs_ if x_ == y_)",
        "xs_.count(y_)",
        apart=("x_ y_",),
        plain=("y_",),
        when=lambda found: found.site.equals_itself(found.text("y_")),
    ),
)
