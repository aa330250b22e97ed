"""A loop that looks for a value becomes `in`, `index` or `count`.

Those find NaN where it is the very same object, and the loop does not: where a value may be NaN,
it has to equal itself.
"""

from __future__ import annotations

from collections.abc import Callable

from successor.authors.rewrite.patterns import Found, Rule, by_rules

_INDEX = "try:\n    return {}\nexcept ValueError:\n    return e_"
# What is looked for is worked out once, within `try`, and also where there is nothing to look at.
_PLAIN = ("v_",)
_APART = ("i_ xs_", "i_ v_", "i_ e_")


def _rules(
    before: str, after: str, guarded: str, local: tuple[str, ...], apart: tuple[str, ...]
) -> list[Rule]:
    def is_certain(found: Found) -> bool:
        return found.site.equals_itself(found.text("v_"))

    def is_open(found: Found) -> bool:
        return not is_certain(found) and ("e_" not in found.bound or found.is_total("e_"))

    def of_rows(when: Callable[[Found], bool]) -> Callable[[Found], bool]:
        # Text is looked through for parts.
        return lambda found: when(found) and not found.site.may_be_text(found.text("xs_"))

    return [
        Rule(before, text, local=local, apart=apart, plain=_PLAIN, when=of_rows(when))
        for text, when in ((after, is_certain), (guarded, is_open))
    ]


variants = by_rules(
    *_rules(
        "for x_ in xs_:\n    if x_ == v_:\n        return True\nreturn False",
        "return v_ in xs_",
        "return v_ == v_ and v_ in xs_",
        (),
        ("x_ v_", "x_ xs_"),
    ),
    *_rules(
        "for x_ in xs_:\n    if x_ == v_:\n        return False\nreturn True",
        "return v_ not in xs_",
        "return v_ != v_ or v_ not in xs_",
        (),
        ("x_ v_", "x_ xs_"),
    ),
    *_rules(
        "for i_ in range(len(xs_)):\n    if xs_[i_] == v_:\n        return i_\nreturn e_",
        _INDEX.format("xs_.index(v_)"),
        _INDEX.format("xs_.index(v_) if v_ == v_ else e_"),
        (),
        _APART,
    ),
    *_rules(
        "for i_, x_ in enumerate(xs_):\n    if x_ == v_:\n        return i_\nreturn e_",
        _INDEX.format("xs_.index(v_)"),
        _INDEX.format("xs_.index(v_) if v_ == v_ else e_"),
        (),
        (*_APART, "x_ v_", "x_ xs_", "x_ e_"),
    ),
    *_rules(
        "t_ = 0\nfor x_ in xs_:\n    if x_ == v_:\n        t_ += 1",
        "t_ = xs_.count(v_)",
        "t_ = xs_.count(v_) if v_ == v_ else 0",
        ("x_",),
        ("t_ v_", "t_ xs_", "x_ v_", "x_ xs_"),
    ),
    Rule("t_ = xs_.count(v_)\nreturn t_", "return xs_.count(v_)"),
)
