"""A loop that appends becomes a comprehension; so do loops that add to sets and tables."""

from __future__ import annotations

from successor.authors.rewrite.changes import made_here
from successor.authors.rewrite.patterns import Found, Rule, by_rules

_APART = ("t_ e_", "t_ xs_", "x_ xs_")
_LOOP = "t_ = {empty}\nfor x_ in xs_:\n    {add}"
_IF = "t_ = {empty}\nfor x_ in xs_:\n    if if_:\n        {add}"
_ADDING = (
    ("[]", "t_.append(e_)", "[{}]"),
    ("list()", "t_.append(e_)", "[{}]"),
    ("[]", "t_ += [e_]", "[{}]"),
    ("set()", "t_.add(e_)", "{{{}}}"),
    ("{}", "t_[k_] = e_", "{{k_: {}}}"),
)


def _any_order(found: Found) -> bool:
    """A comprehension works the key out first, a statement the value."""
    return "k_" not in found.bound or found.is_total("k_") or found.is_total("e_")


def _is_unseen(found: Found) -> bool:
    """Whether nobody else has the list, who would see it half done when something is raised."""
    return found.text("t_") in made_here(found.site)


variants = by_rules(
    *[
        Rule(
            _LOOP.format(empty=empty, add=add),
            "t_ = " + after.format("e_ for x_ in xs_"),
            local=("x_",),
            when=_any_order,
            apart=(*_APART, *(("t_ k_",) if "k_" in add else ())),
        )
        for empty, add, after in _ADDING
    ],
    *[
        Rule(
            _IF.format(empty=empty, add=add),
            "t_ = " + after.format("e_ for x_ in xs_ if if_"),
            local=("x_",),
            when=_any_order,
            apart=(*_APART, "t_ if_", *(("t_ k_",) if "k_" in add else ())),
        )
        for empty, add, after in _ADDING
    ],
    Rule(
        "t_ = []\nfor x_ in xs_:\n    for y_ in ys_:\n        t_.append(e_)",
        "t_ = [e_ for x_ in xs_ for y_ in ys_]",
        local=("x_", "y_"),
        apart=(*_APART, "t_ ys_", "y_ xs_"),
    ),
    Rule("[x_ for x_ in xs_]", "list(xs_)"),
    Rule("[f_(x_) for x_ in xs_]", "list(map(f_, xs_))", apart=("x_ f_",)),
    Rule("t_ = [e_ for x_ in xs_]\nreturn t_", "return [e_ for x_ in xs_]"),
    Rule(
        "for x_ in xs_:\n    t_.append(e_)",
        "t_ += [e_ for x_ in xs_]",
        when=_is_unseen,
        local=("x_",),
        apart=_APART,
    ),
)
