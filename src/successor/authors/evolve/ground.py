"""What a variant grows on: the field of the incumbent's file, and the names each region can use."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from successor.authors.evolve.grow import Palette
from successor.authors.evolve.kinds import Kind, Names, names_in
from successor.authors.regions import Field, Function, split

_MOST_CONSTANTS = 12


@dataclass(frozen=True)
class Ground:
    """The same for all variants of one incumbent."""

    field: Field
    names: tuple[Names, ...]
    """For each region, those bound outside of it that it can use."""
    palette: Palette


def survey(source: str, function: str) -> Ground:
    """The ground of an incumbent.

    Raises:
        UsageError: when there is nothing that may change.
    """
    field = split(source, function)
    regions = [ast.parse(text) for text in field.texts]
    pairs = zip(regions, field.homes, strict=True)
    names = tuple(_names(region, home) for region, home in pairs)
    everything = ast.parse(source)
    imports = [a.name for n in ast.walk(everything) if isinstance(n, ast.Import) for a in n.names]
    return Ground(field, names, Palette(_constants(regions), "math" in imports))


def _names(region: ast.Module, home: Function | None) -> Mapping[str, Kind]:
    """Parameters of the home, and what the home binds that the region does not."""
    if home is None:
        return {}
    own = {arg.arg for arg in ast.walk(home.args) if isinstance(arg, ast.arg)}
    kinds = names_in(home, {})
    return {
        name: kind
        for name, kind in kinds.items()
        if name in own | (_stored(home) - _stored(region))
    }


def _stored(tree: ast.AST) -> set[str]:
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def _constants(regions: list[ast.Module]) -> tuple[float, ...]:
    found: dict[float, None] = {}
    for region in regions:
        for node in ast.walk(region):
            match node:
                case ast.Constant(value=bool()):
                    pass
                case ast.Constant(value=int() | float() as value):
                    found[value] = None
                case _:
                    pass
    return tuple(found)[:_MOST_CONSTANTS]
