"""A search from the front of a list in ascending order halves the list instead."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_LEFT, _RIGHT = ("from bisect import bisect_left",), ("from bisect import bisect_right",)
_LOOP = "for i_ in range(len(xs_)):\n    if {test}:\n        return {found}\nreturn {other}"
_AT = "i_ = bisect_left(xs_, y_)\n"

variants = by_rules(
    *[
        Rule(
            _LOOP.format(test=test, found="i_", other="len(xs_)"),
            f"return {bisect}(xs_, y_)",
            imports,
            apart=("i_ y_",),
        )
        for test, bisect, imports in (
            ("xs_[i_] >= y_", "bisect_left", _LEFT),
            ("y_ <= xs_[i_]", "bisect_left", _LEFT),
            ("xs_[i_] > y_", "bisect_right", _RIGHT),
            ("y_ < xs_[i_]", "bisect_right", _RIGHT),
        )
    ],
    *[
        Rule(
            _LOOP.format(test=test, found="i_", other=other),
            f"{_AT}return i_ if i_ < len(xs_) and xs_[i_] == y_ else {other}",
            _LEFT,
            apart=("i_ y_",),
        )
        for test in ("xs_[i_] == y_", "y_ == xs_[i_]")
        for other in ("-1", "None")
    ],
    *[
        Rule(
            f"for x_ in xs_:\n    if {test}:\n        return True\nreturn False",
            "place = bisect_left(xs_, y_)\nreturn place < len(xs_) and xs_[place] == y_",
            _LEFT,
            local=("x_",),
            when=lambda found: found.site.free("place") == "place",
        )
        for test in ("x_ == y_", "y_ == x_")
    ],
)
