"""CMA-ES (Hansen & Ostermeier 2001), from the library `cma`, as far as it is used here."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]
_BOUND = 6.0
"""The largest setting: a factor of 400, or the same number with the other sign."""


class Strategy(Protocol):
    """Asks for points to be tried and is told what they cost."""

    @property
    def popsize(self) -> int: ...
    def ask(self) -> list[Point]: ...
    def tell(self, solutions: list[Point], function_values: list[float]) -> None: ...
    def stop(self) -> Mapping[str, object]: ...


def strategy(start: Sequence[float], step: float, popsize: int, seed: Sequence[int]) -> Strategy:
    """A strategy that depends on its seed alone, not on numpy's global one.

    Args:
        popsize: points of one round; 0 for the library's default.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that there is no matplotlib to plot with
        library = import_module("cma")
    rng = np.random.default_rng(seed)

    def normal(*shape: int) -> Point:
        return rng.standard_normal(shape)

    options: dict[str, object] = {
        "bounds": [-_BOUND, _BOUND],
        "randn": normal,
        "seed": math.nan,
        "verbose": -9,
        **({"popsize": popsize} if popsize else {}),
    }
    make = cast("Callable[..., Strategy]", library.CMAEvolutionStrategy)
    return make(list(start), step, options)
