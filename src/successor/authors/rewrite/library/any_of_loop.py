"""A loop that returns at the first that fits becomes `any` or `all`."""

from __future__ import annotations

from successor.authors.rewrite.patterns import Found, Rule, by_rules

_LOOP = "for x_ in xs_:\n    if if_:\n        return {one}\nreturn {other}"
_FLAG = "t_ = {one}\nfor x_ in xs_:\n    if if_:\n        t_ = {other}"
_STOP = f"{_FLAG}\n        break"
_APART = ("t_ if_", "t_ xs_", "x_ xs_")


def _is_total(found: Found) -> bool:
    return found.is_total("if_")


def _is_certain(found: Found) -> bool:
    return _has_no_text(found) and found.site.equals_itself(found.text("y_"))


def _is_open(found: Found) -> bool:
    return _has_no_text(found) and not found.site.equals_itself(found.text("y_"))


def _has_no_text(found: Found) -> bool:
    """Text is looked through for parts."""
    return not found.site.may_be_text(found.text("xs_"))


variants = by_rules(
    Rule(_LOOP.format(one=True, other=False), "return any(if_ for x_ in xs_)", local=("x_",)),
    Rule(_LOOP.format(one=False, other=True), "return not any(if_ for x_ in xs_)", local=("x_",)),
    *[
        Rule(_STOP.format(one=one, other=other), after, local=("x_",), apart=_APART)
        for one, other, after in (
            (False, True, "t_ = any(if_ for x_ in xs_)"),
            (True, False, "t_ = not any(if_ for x_ in xs_)"),
        )
    ],
    # A loop that goes on looks at the rest too, which may raise: so does a list.
    *[
        Rule(_FLAG.format(one=one, other=other), after, local=("x_",), apart=_APART)
        for one, other, after in (
            (False, True, "t_ = any([if_ for x_ in xs_])"),
            (True, False, "t_ = not any([if_ for x_ in xs_])"),
        )
    ],
    # `in` finds NaN where it is the very same object.
    *[
        Rule("any(x_ == y_ for x_ in xs_)", after, apart=("x_ y_",), plain=("y_",), when=when)
        for after, when in (
            ("y_ in xs_", _is_certain),
            ("(y_ == y_ and y_ in xs_)", _is_open),
        )
    ],
    Rule("any([if_ for x_ in xs_])", "any(if_ for x_ in xs_)", when=_is_total),
    Rule("all([if_ for x_ in xs_])", "all(if_ for x_ in xs_)", when=_is_total),
    Rule("not any(not if_ for x_ in xs_)", "all(if_ for x_ in xs_)"),
)
