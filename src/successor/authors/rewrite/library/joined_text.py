"""Text that grows in a loop is joined once at the end.

All parts are there by then, also where one is no text: so making them must change nothing.
"""

from __future__ import annotations

from successor.authors.rewrite.changes import changes_nothing
from successor.authors.rewrite.patterns import Rule, by_rules

_LOOP = "t_ = ''\nfor x_ in xs_:\n    {add}"
_IF = "t_ = ''\nfor x_ in xs_:\n    if if_:\n        {add}"
_APART = ("t_ e_", "t_ xs_", "x_ xs_")

variants = by_rules(
    *[
        Rule(
            form.format(add=add).replace("''", empty),
            f't_ = "".join([e_ for x_ in xs_{condition}])',
            when=lambda found: changes_nothing(found.site, *found.bound["e_"]),
            local=("x_",),
            apart=(*_APART, "t_ if_") if condition else _APART,
        )
        for empty in ("''", '""')
        for form, condition in ((_LOOP, ""), (_IF, " if if_"))
        for add in ("t_ += e_", "t_ = t_ + e_")
    ],
    Rule('"".join([x_ for x_ in xs_])', '"".join(xs_)'),
    Rule('t_ = "".join(e_)\nreturn t_', 'return "".join(e_)'),
)
