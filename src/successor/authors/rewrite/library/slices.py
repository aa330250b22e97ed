"""Elements taken one by one, at places in a row, become a slice."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_APART = ("i_ xs_",)

variants = by_rules(
    Rule("[xs_[i_] for i_ in range(len(xs_) - 1, -1, -1)]", "xs_[::-1]", apart=_APART),
    Rule("[xs_[len(xs_) - 1 - i_] for i_ in range(len(xs_))]", "xs_[::-1]", apart=_APART),
    Rule("[xs_[i_] for i_ in range(a_, b_)]", "xs_[a_:b_]", apart=_APART),
    Rule("[x_ for x_ in xs_]", "list(xs_)"),
    Rule("list(reversed(xs_))", "xs_[::-1]"),
    Rule("''.join(reversed(xs_))", "xs_[::-1]"),
    Rule('"".join(reversed(xs_))', "xs_[::-1]"),
    *[
        Rule(
            f"t_ = {empty}\nfor x_ in xs_:\n    t_ = x_ + t_",
            "t_ = xs_[::-1]",
            local=("x_",),
            apart=("t_ xs_", "x_ xs_"),
        )
        for empty in ("''", '""')
    ],
    Rule("t_ = xs_[::-1]\nreturn t_", "return xs_[::-1]"),
    Rule("for x_ in xs_:\n    t_.append(x_)", "t_.extend(xs_)", local=("x_",), apart=("t_ xs_",)),
)
