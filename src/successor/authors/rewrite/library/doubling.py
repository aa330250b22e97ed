"""f(n) = a f(n - 1) + b f(n - 2) in about log2(n) steps, by repeated squaring.

x ** m is reduced modulo x ** 2 - a x - b to p x + q; then f(s + m) = p f(s + 1) + q f(s)
(Fiduccia 1985). For whole numbers a, b and first values it is exact.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.patterns import fits
from successor.authors.rewrite.recursion import Recurrence, recurrence
from successor.authors.rewrite.site import site_of, text_of


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """The powers of x, from the number's first bit to its last."""
    site = site_of(module, function)
    found = recurrence(site) if site else None
    weights = _weights(found) if found else None
    if site is None or found is None or weights is None:
        return
    a, b = weights
    p, q, bit = (site.free(name) for name in ("p", "q", "bit"))
    last, before = found.values
    start = found.first - 2
    steps = f"{found.index} - {start}" if start > 0 else f"{found.index}"
    yield from site.with_body(
        f"{found.guarded()}"
        f"{p}, {q} = 0, 1\n"
        f'for {bit} in f"{{{steps}:b}}":\n'
        f"    {p}, {q} = {p} * ({_times(a, p)} + 2 * {q}), {_times(b, p)} * {p} + {q} * {q}\n"
        f'    if {bit} == "1":\n'
        f"        {p}, {q} = {_times(a, p)} + {q}, {_times(b, p)}\n"
        f"return {_sum((p, last), (q, before))}\n"
    )


def _weights(found: Recurrence) -> tuple[int, int] | None:
    if not found.offsets <= {1, 2} or found.order != 2 or found.first < 2:
        return None
    if not all(value.isdecimal() for value in found.values):
        return None
    step = cst.parse_expression(found.earlier(["last_one", "one_before"], found.index))
    for pattern in ("x_ + y_", "y_ + x_"):
        bound = fits(pattern, step)
        if bound:
            a, b = (_weight(text_of(*bound[x]), n) for x, n in _TERMS)
            if a and b:
                return a, b
    return None


_TERMS = (("x_", "last_one"), ("y_", "one_before"))


def _weight(term: str, name: str) -> int:
    """The a of a term a * name; 0 when it is another term."""
    if term == name:
        return 1
    factors = [factor.strip() for factor in term.split("*")]
    if len(factors) != 2 or name not in factors:
        return 0
    factors.remove(name)
    return int(factors[0]) if factors[0].isdecimal() else 0


def _times(weight: int, name: str) -> str:
    return name if weight == 1 else f"{weight} * {name}"


def _sum(*terms: tuple[str, str]) -> str:
    kept = [(name, value) for name, value in terms if value != "0"]
    return " + ".join(n if v == "1" else f"{v} * {n}" for n, v in kept) or "0"
