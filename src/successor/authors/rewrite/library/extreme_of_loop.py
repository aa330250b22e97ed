"""A loop that keeps the largest or smallest so far becomes `max` or `min`."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_FIRST = "t_ = xs_[0]\nfor x_ in {rest}:\n    if {test}:\n        t_ = x_"
_TESTS = (("x_ > t_", "max"), ("t_ < x_", "max"), ("x_ < t_", "min"), ("t_ > x_", "min"))

variants = by_rules(
    *[
        # Of no items the loop raises IndexError, and so does this.
        Rule(
            _FIRST.format(rest=rest, test=test),
            f"t_ = {extreme}(xs_[0], {extreme}(xs_))",
            local=("x_",),
            apart=("t_ xs_", "x_ xs_"),
        )
        for rest in ("xs_", "xs_[1:]")
        for test, extreme in _TESTS
    ],
    *[
        Rule(f"sorted(xs_)[{place}]", f"{extreme}(xs_)")
        for place, extreme in ((0, "min"), (-1, "max"))
    ],
    *[
        Rule(f"x_ if {test} else y_", f"{extreme}({given})")
        for test, extreme, given in (
            ("x_ > y_", "max", "y_, x_"),
            ("x_ < y_", "min", "y_, x_"),
            ("x_ >= y_", "max", "x_, y_"),
            ("x_ <= y_", "min", "x_, y_"),
        )
    ],
    *[
        # As the builtins do it, also where neither is larger: 1 and 1.0, or what is no number.
        Rule(f"{extreme}(x_, y_)", f"(y_ if y_ {test} x_ else x_)")
        for extreme, test in (("max", ">"), ("min", "<"))
    ],
)
