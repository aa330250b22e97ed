"""Making forks of this process cheap. Nothing here keeps anybody in; what fails is left out."""

from __future__ import annotations

import importlib
import os
import random
from collections.abc import Iterable

SEED_BYTES = 32
_seed = super(random.Random, random.seed.__self__).seed
"""Of the generator that the functions of `random` use, without the layer that Python adds."""


def import_all(names: Iterable[str], *, forks: bool) -> None:
    """Import modules; `forks`: whether children may fork too.

    Where only this process forks, modules get no hooks that each child would have to run: it has
    one thread, so that no lock needs to be made anew, and `new_chance` does what `random` would.
    """
    register = os.register_at_fork
    if not forks:
        os.register_at_fork = _no_hooks
    try:
        for name in names:
            importlib.import_module(name)
    finally:
        os.register_at_fork = register


def _no_hooks(**_hooks: object) -> None:
    """Register nothing."""


def new_chance() -> None:
    """Seed `random`, so that the next child has another chance than the ones before it."""
    _seed(int.from_bytes(os.urandom(SEED_BYTES)))
