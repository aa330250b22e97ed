"""Items are told from earlier ones by a table, and no longer by looking through a list.

Items that cannot be keys are looked for in the list, as before; for that, what may be gone through
only once is made a list first.
"""

from __future__ import annotations

from successor.authors.rewrite.patterns import Found, Rule, by_rules
from successor.authors.rewrite.site import block

_LOOP = "t_ = []\nfor x_ in xs_:\n    if x_ not in t_:\n        t_.append(x_)"
_KEYS = f"try:\n    t_ = list(dict.fromkeys(xs_))\nexcept TypeError:\n{block(_LOOP)}"


def _is_alone(found: Found) -> bool:
    """Whether nobody sees that the name stands for a list now."""
    return not _is_row(found) and found.is_name("xs_") and found.is_used_once("xs_")


def _is_row(found: Found) -> bool:
    return found.site.is_row(found.text("xs_"))


variants = by_rules(
    *[
        Rule(_LOOP, after, when=when, local=("x_",), apart=("t_ xs_", "x_ xs_"))
        for after, when in (
            (_KEYS, _is_row),
            (f"xs_ = [*xs_]\n{_KEYS}", _is_alone),
        )
    ],
)
