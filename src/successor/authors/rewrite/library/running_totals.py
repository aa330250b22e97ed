"""Totals on the way: by `accumulate`, instead of adding up from the start each time.

Totals begin at 0, as they did: so True becomes 1, and text is refused.
"""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_IMPORT = ("from itertools import accumulate",)
_TOTALS = "accumulate(xs_, initial=0)"

variants = by_rules(
    Rule("[sum(xs_[: i_ + 1]) for i_ in range(len(xs_))]", f"list({_TOTALS})[1:]", _IMPORT),
    Rule("[max(xs_[: i_ + 1]) for i_ in range(len(xs_))]", "list(accumulate(xs_, max))", _IMPORT),
    Rule("[min(xs_[: i_ + 1]) for i_ in range(len(xs_))]", "list(accumulate(xs_, min))", _IMPORT),
    *[
        Rule(
            f"t_ = 0\nfor x_ in xs_:\n    {add}\n    out_.append(t_)",
            f"out_.extend(islice({_TOTALS}, 1, None))",
            ("from itertools import accumulate, islice",),
            local=("x_", "t_"),
            apart=("t_ xs_", "t_ out_", "out_ xs_"),
        )
        for add in ("t_ += x_", "t_ = t_ + x_")
    ],
    *[
        Rule(
            f"out_ = []\nfor i_ in range(len(xs_)):\n    out_.append({one}(xs_[: i_ + 1]))",
            f"out_ = list(accumulate(xs_, {how}",
            _IMPORT,
            local=("i_",),
            apart=("out_ xs_", "i_ xs_"),
        )
        for one, how in (("sum", "initial=0))[1:]"), ("max", "max))"), ("min", "min))"))
    ],
    Rule(f"out_ = list({_TOTALS})[1:]\nreturn out_", f"return list({_TOTALS})[1:]"),
)
