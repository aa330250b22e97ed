"""Items are told from earlier ones by a table, and no longer by looking through a list.

Items that cannot be keys are looked for in the list, as before.
"""

from __future__ import annotations

from successor.authors.rewrite.patterns import Rule, by_rules

_LOOP = "t_ = []\nfor x_ in xs_:\n    if x_ not in t_:\n        t_.append(x_)"
_KEYS = "try:\n    t_ = list(dict.fromkeys(xs_))\nexcept TypeError:\n"

variants = by_rules(
    Rule(
        _LOOP,
        _KEYS + "".join(f"    {line}\n" for line in _LOOP.splitlines()),
        local=("x_",),
        apart=("t_ xs_", "x_ xs_"),
    ),
)
