"""Arguments drawn by the lab's own generator, from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from typing import Any

_function: Callable[..., Any] = import_module("successor_target").function


def draw(seed: str, size: int, count: int) -> list[Any]:
    """So many tuples of arguments of a size."""
    rng = random.Random(seed)
    drawn = [_function(rng, size) for _ in range(count)]
    for each in drawn:
        if type(each) is not tuple:
            raise TypeError(f"should return a tuple of arguments, not {type(each).__name__}")
    return drawn
