"""Tables that count or gather use `Counter`, `get` and `setdefault`."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Found, Rule, by_rules

_COUNTS = (
    "if k_ in t_:\n        t_[k_] += 1\n    else:\n        t_[k_] = 1",
    "if k_ not in t_:\n        t_[k_] = 0\n    t_[k_] += 1",
    "if k_ in t_:\n        t_[k_] = t_[k_] + 1\n    else:\n        t_[k_] = 1",
    "t_[k_] = t_.get(k_, 0) + 1",
)
_IMPORT = ("from collections import Counter",)


def _is_row(found: Found) -> bool:
    """Of a table, Counter takes the values as counts."""
    return found.site.is_row(found.text("xs_"))


variants = by_rules(
    *[
        Rule(
            f"t_ = {{}}\nfor x_ in xs_:\n    {count}",
            "t_ = dict(Counter(k_ for x_ in xs_))",
            _IMPORT,
            local=("x_",),
            apart=("t_ k_", "t_ xs_"),
        )
        for count in _COUNTS
    ],
    Rule(
        "if k_ not in t_:\n    t_[k_] = []\nt_[k_].append(v_)",
        "t_.setdefault(k_, []).append(v_)",
    ),
    Rule(
        "if k_ in t_:\n    t_[k_].append(v_)\nelse:\n    t_[k_] = [v_]",
        "t_.setdefault(k_, []).append(v_)",
    ),
    Rule("Counter(x_ for x_ in xs_)", "Counter(xs_)", when=_is_row),
    Rule("{x_: xs_.count(x_) for x_ in xs_}", "dict(Counter(xs_))", _IMPORT),
)
