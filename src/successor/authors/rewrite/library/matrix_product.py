"""Three nested loops over two matrices become sums of products by column, or numpy's product.

The loops stay for what is no matrix, or none that fits. numpy is used for floats, where the sums
are the same up to their order, and for whole numbers as long as all sums are below 2 ** 53 and so
exact.
"""

from __future__ import annotations

from successor.authors.rewrite.patterns import Found, Rule, by_rules
from successor.authors.rewrite.site import block

_ADD = ("t_ += a_[i_][k_] * b_[k_][j_]", "t_ = t_ + a_[i_][k_] * b_[k_][j_]")
_LOOPS = """\
c_ = []
for i_ in range(n_):
    r_ = []
    for j_ in range(m_):
        t_ = 0
        for k_ in range(l_):
            {add}
        r_.append(t_)
    c_.append(r_)
"""
_IN_PLACE = """\
c_ = [[0] * m_ for {first} in range(n_)]
for i_ in range(n_):
    for j_ in range(m_):
        for k_ in range(l_):
            {add}
"""
_IN_PLACE_ADD = (
    "c_[i_][j_] += a_[i_][k_] * b_[k_][j_]",
    "c_[i_][j_] = c_[i_][j_] + a_[i_][k_] * b_[k_][j_]",
)
_SUMS = (
    "[[sum(a_[i_][k_] * b_[k_][j_] for k_ in range(l_)) for j_ in range(m_)] for i_ in range(n_)]"
)
_FITS = """
if a_ and b_ and {*map(len, a_)} == {len(b_)} and len({*map(len, b_)}) == 1:
    columns = list(zip(*b_))
    c_ = [[sum(map(mul, row, column)) for column in columns] for row in a_]
else:
"""
_NUMPY = '''
def _product(a, b):
    """The matrix product by numpy; None where it would not be the same."""
    if not a or not b or {*map(len, a)} != {len(b)} or len({*map(len, b)}) != 1:
        return None
    kinds = [*map(type, chain(*a, *b))]
    whole = kinds.count(int) == len(kinds)
    if not whole and kinds.count(float) < len(kinds):
        return None
    with suppress(OverflowError), np.errstate(all="ignore"):
        left, right = np.array(a, float), np.array(b, float)
        if not whole:
            return (left @ right).tolist()
        if np.abs(left).max() * np.abs(right).max(initial=0) * len(b) < 2**53:
            return (left @ right).astype(int).tolist()
    return None
'''
_IMPORTS = (
    "from contextlib import suppress",
    "from itertools import chain",
    "import numpy as np",
)


def _is_product(found: Found) -> bool:
    """Whether the loops run over all of both matrices, and those are names."""
    a, b = found.text("a_"), found.text("b_")
    sides = [found.text(side) for side in ("n_", "m_", "l_")]
    whole = [{f"len({a})"}, {f"len({b}[0])"}, {f"len({b})", f"len({a}[0])"}]
    named = found.is_name("a_") and found.is_name("b_")
    return named and all(side in known for side, known in zip(sides, whole, strict=True))


_FORMS = (
    *[_LOOPS.format(add=add) for add in _ADD],
    *[_IN_PLACE.format(add=add, first=first) for add in _IN_PLACE_ADD for first in ("_", "i_")],
)
_AGAIN = "c_ = _product(a_, b_)\nif c_ is None:\n"

variants = by_rules(
    *[Rule(form, _AGAIN + block(form), _IMPORTS, _NUMPY, _is_product) for form in _FORMS],
    *[
        Rule(form, _FITS + block(form), ("from operator import mul",), "", _is_product)
        for form in _FORMS
    ],
    Rule(_SUMS, f"_product(a_, b_) or {_SUMS}", _IMPORTS, _NUMPY, _is_product),
)
