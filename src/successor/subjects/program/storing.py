"""What Hypothesis takes from where it runs, and should not: a folder to keep things in, and
constants of the code around it.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from unittest.mock import patch

from hypothesis.configuration import set_hypothesis_home_dir, storage_directory
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from successor.llm.places import user_cache

_NONE = Constants()
"""No constants."""


@contextmanager
def from_nowhere() -> Generator[None]:
    """Draw the same wherever the code lies. Hypothesis draws constants of every module that is not
    installed: of ours too, in a checkout, and of whoever calls it. There is no setting for that.
    """
    cache: LRUCache[object, object] = LRUCache(1024)  # of what was found with them
    with patch.multiple(providers, _get_local_constants=lambda: _NONE, CONSTANTS_CACHE=cache):
        yield


@contextmanager
def out_of_the_way() -> Generator[None]:
    """Our folder of the user's cache, unless HYPOTHESIS_STORAGE_DIRECTORY names one; a user's own
    tests in this process keep their examples where they were.
    """
    if os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY"):
        yield
        return
    before = storage_directory(intent_to_write=False).home_directory
    set_hypothesis_home_dir(user_cache(os.environ) / "hypothesis")
    try:
        yield
    finally:
        set_hypothesis_home_dir(before)
