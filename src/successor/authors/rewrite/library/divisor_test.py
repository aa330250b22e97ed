"""A test of all divisors, or for any, ends at the square root, and tries no even one after 2.

It is the search of `trial_division`, written as an expression.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.library.trial_division import LIMITS, is_positive
from successor.authors.rewrite.patterns import Found, Rule, applied, fits, walked
from successor.authors.rewrite.site import Site, site_of

_IMPORT = "from math import isqrt"
_UP_TO_THE_ROOT = "{test} for d_ in range(2, isqrt(n_) + 1)"
_ODD = "{test} for d_ in range(3, isqrt(n_) + 1, 2)"
_NONE = ("all", ("n_ % d_", "n_ % d_ != 0", "n_ % d_ > 0"), "(n_ < 4 or n_ % 2 == 1) and ")
_ANY = ("any", ("n_ % d_ == 0", "not n_ % d_"), "(n_ > 2 and n_ % 2 == 0) or ")
_BOUND_OTHERWISE = (cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.NamedExpr, cst.AsName)


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """Up to the root; and odd divisors only."""
    site = site_of(module, function)
    for limit in LIMITS if site else ():
        for name, tests, even in (_NONE, _ANY):
            for test in tests:
                before = f"{name}({test} for d_ in range(2, {limit}))"
                for after in (
                    f"{name}({_UP_TO_THE_ROOT.format(test=test)})",
                    f"{even}{name}({_ODD.format(test=test)})",
                ):
                    if after != before and site:
                        rule = Rule(before, after, (_IMPORT,), when=_is_whole, apart=("d_ n_",))
                        yield from applied(rule, site)


def _is_whole(found: Found) -> bool:
    """Whether the number has a root, as far as can be seen."""
    if not found.is_name("n_"):
        return False
    name = found.text("n_")
    return is_positive(found.site, name) or _counts_up(found.site, name)


def _counts_up(site: Site, name: str) -> bool:
    """Whether it only ever is what a `range` from 0 or more gives."""
    if name in site.parameters:
        return False
    ranges = list[cst.BaseExpression]()
    for node in walked(site.node):
        if isinstance(node, cst.For | cst.CompFor) and name in _names(node.target):
            ranges.append(node.iter if isinstance(node.target, cst.Name) else node.target)
        elif isinstance(node, _BOUND_OTHERWISE) and name in _names(_target(node)):
            return False
    return bool(ranges) and all(map(_is_from_0, ranges))


def _target(node: cst.CSTNode) -> cst.CSTNode:
    return node.name if isinstance(node, cst.AsName) else getattr(node, "target", node)


def _names(target: cst.CSTNode) -> set[str]:
    return {node.value for node in walked(target) if isinstance(node, cst.Name)}


def _is_from_0(values: cst.BaseExpression) -> bool:
    if fits("range(n_)", values):
        return True
    bound = fits("range(k_, n_)", values) or fits("range(k_, n_, s_)", values)
    steps = [bound[each][0] for each in ("k_", "s_") if each in bound] if bound else []
    return bool(steps) and all(isinstance(each, cst.Integer) for each in steps)
