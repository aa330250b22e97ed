"""Arithmetic on floats is done with the decimal numbers that they are written as.

The answer is the float nearest to the exact one: 0.1 + 0.2 is 0.3. Whole numbers, text and
whatever else is no float stay as they are, and so do infinities, what is not a number, and what is
so large that the exact answer may be no float any more.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.patterns import fits
from successor.authors.rewrite.site import Site, names_in, site_of, text_of

_IMPORTS = ("from fractions import Fraction",)
_OPERATORS = (cst.Add, cst.Subtract, cst.Multiply, cst.Divide)
OBJECTIVE = "accuracy"


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """For a function that returns sums and products of its parameters, or the sum of a list."""
    site = site_of(module, function)
    match site.statements if site else ():
        case [*head, cst.SimpleStatementLine(body=[cst.Return(value=value)])] if value and site:
            before = text_of(*head)
            names = [each for each in site.parameters if each in names_in(value)]
            if names and _is_arithmetic(value):
                yield from _exact(site, before, names, text_of(value))
            match fits("sum(xs_)", value):
                case {"xs_": (cst.Name(value=name),)} if name in site.parameters:
                    yield from _exact_sum(site, before, name)
                case _:
                    pass
        case _:
            return


def _exact(site: Site, before: str, names: list[str], value: str) -> Iterator[cst.Module]:
    result, each, exact = (site.free(name) for name in ("result", "each", "exact"))
    given = ", ".join(names) + ("," if len(names) == 1 else "")
    yield from site.with_body(
        f"{before}{result} = {value}\n"
        f"if type({result}) is not float or not abs({result}) < 1e308:\n"
        f"    return {result}\n"
        f"{given} = (\n"
        f"    Fraction(repr({each})) if type({each}) is float else {each} for {each} in ({given})\n"
        ")\n"
        f"{exact} = {value}\n"
        f"return float({exact}) if {exact} else 0.0 * {result}\n",
        *_IMPORTS,
    )


def _exact_sum(site: Site, before: str, name: str) -> Iterator[cst.Module]:
    result, each, exact = (site.free(name) for name in ("result", "each", "exact"))
    yield from site.with_body(
        f"{before}{result} = sum({name})\n"
        f"if type({result}) is not float or not abs({result}) < 1e308:\n"
        f"    return {result}\n"
        f"{exact} = sum(Fraction(repr({each})) if type({each}) is float else {each}"
        f" for {each} in {name})\n"
        f"return float({exact}) if {exact} else 0.0 * {result}\n",
        *_IMPORTS,
    )


def _is_arithmetic(node: cst.BaseExpression) -> bool:
    """Whether it is made of names, numbers and the four operations, with one at least."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, _OPERATORS):
        return False
    leaves = (cst.Name, cst.Integer)
    return all(isinstance(each, leaves) or _is_arithmetic(each) for each in (node.left, node.right))
