"""Where Hypothesis keeps what it can work out again: never in the folder that a user is in."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

from hypothesis.configuration import set_hypothesis_home_dir, storage_directory

from successor.llm.places import user_cache


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
