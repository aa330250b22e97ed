"""The sum of whole numbers in a row, by Gauss's formula."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

variants = by_rules(
    Rule("sum(range(n_))", "max(n_, 0) * (n_ - 1) // 2"),
    Rule("sum(range(1, n_ + 1))", "max(n_, 0) * (n_ + 1) // 2"),
    Rule("sum(range(a_, b_))", "(a_ + b_ - 1) * max(b_ - a_, 0) // 2"),
    Rule(
        "sum(i_ * i_ for i_ in range(1, n_ + 1))",
        "max(n_, 0) * (n_ + 1) * (2 * n_ + 1) // 6",
        apart=("i_ n_",),
    ),
    *[
        Rule(f"t_ = 0\nfor i_ in range({span}):\n    {add}", f"t_ = sum(range({span}))",
             local=("i_",), apart=("t_ b_",))
        for span in ("b_", "a_, b_")
        for add in ("t_ += i_", "t_ = t_ + i_")
    ],
)  # fmt: skip
