"""A wrong type is refused with a TypeError that says which argument it is.

Parameters with a type hint are looked at first. Without hints nothing that worked is refused:
only where the function raises a TypeError, the argument that is no number is named.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.site import Site, block, site_of, text_of

_TYPES = {
    "int": ("int", "a whole number"),
    "float": ("int, float", "a number"),
    "complex": ("int, float, complex", "a number"),
    "str": ("str", "text"),
    "bytes": ("bytes", "bytes"),
    "bool": ("bool", "True or False"),
    "list": ("list", "a list"),
    "tuple": ("tuple", "a tuple"),
    "dict": ("dict", "a dict"),
    "set": ("set", "a set"),
}
OBJECTIVE = "errors"


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """A check by type hints, or a better error of arithmetic."""
    site = site_of(module, function)
    if site is None or not site.parameters or _raises_type_errors(site):
        return
    names = [name for name in site.parameters if name not in ("self", "cls")]
    hinted = [name for name in names if _known(site, name)]
    if hinted:
        yield from site.with_body("".join(_check(site, name) for name in hinted) + _body(site))
        return
    if names:
        yield from _named(site, names, _body(site))


def _body(site: Site) -> str:
    return text_of(*site.statements)


def _known(site: Site, name: str) -> bool:
    return site.hint(name).partition("[")[0] in _TYPES


def _check(site: Site, name: str) -> str:
    types, told = _TYPES[site.hint(name).partition("[")[0]]
    types = f"({types})" if "," in types else types
    return (
        f"if not isinstance({name}, {types}):\n"
        f'    raise TypeError(f"{name} must be {told}, not {{type({name}).__name__}}")\n'
    )


def _named(site: Site, names: list[str], body: str) -> Iterator[cst.Module]:
    name, value, error = (site.free(each) for each in ("name", "value", "error"))
    pairs = ", ".join(f'("{each}", {each})' for each in names)
    comma = "," if len(names) == 1 else ""
    yield from site.with_body(
        f"try:\n{block(body)}"
        f"except TypeError as {error}:\n"
        f"    for {name}, {value} in ({pairs}{comma}):\n"
        f"        if not isinstance({value}, Number):\n"
        f"            raise TypeError(\n"
        f'                f"{{{name}}} must be a number, not {{type({value}).__name__}}"\n'
        f"            ) from {error}\n"
        "    raise\n",
        "from numbers import Number",
    )


def _raises_type_errors(site: Site) -> bool:
    return "TypeError" in site.names()
