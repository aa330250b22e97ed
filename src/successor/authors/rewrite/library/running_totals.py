"""Totals on the way: by `accumulate`, instead of adding up from the start each time."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_IMPORT = ("from itertools import accumulate",)

variants = by_rules(
    Rule("[sum(xs_[: i_ + 1]) for i_ in range(len(xs_))]", "list(accumulate(xs_))", _IMPORT),
    Rule("[max(xs_[: i_ + 1]) for i_ in range(len(xs_))]", "list(accumulate(xs_, max))", _IMPORT),
    Rule("[min(xs_[: i_ + 1]) for i_ in range(len(xs_))]", "list(accumulate(xs_, min))", _IMPORT),
    *[
        Rule(
            f"t_ = 0\nfor x_ in xs_:\n    {add}\n    out_.append(t_)",
            "out_.extend(accumulate(xs_))",
            _IMPORT,
            local=("x_", "t_"),
            apart=("t_ xs_", "t_ out_", "out_ xs_"),
        )
        for add in ("t_ += x_", "t_ = t_ + x_")
    ],
    *[
        Rule(
            f"out_ = []\nfor i_ in range(len(xs_)):\n    out_.append({one}(xs_[: i_ + 1]))",
            f"out_ = list(accumulate(xs_{how}))",
            _IMPORT,
            local=("i_",),
            apart=("out_ xs_", "i_ xs_"),
        )
        for one, how in (("sum", ""), ("max", ", max"), ("min", ", min"))
    ],
    Rule("out_ = list(accumulate(xs_))\nreturn out_", "return list(accumulate(xs_))"),
)
