"""A function that asks to improve itself, in a file, and what a run makes of it."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

TOTAL = '''\
"""Totals."""

from successor import self_improving


class RefusedError(ValueError):
    pass


@self_improving(goal="smaller")
def total(xs: list[int], most: int = 2**80) -> int:
    result = 0
    for x in xs:
        result = result + x
    if result > most:
        raise RefusedError("too much")
    return result


class LateError(ValueError):
    pass
'''
TEST_TOTAL = """\
from total import total

def test_total():
    assert total([1, 2, 3]) == 6
    assert total([], 2) == 0
"""


def smaller(subject: str, generations: int) -> str:
    """The lab file of a program that is to become smaller.

    Args:
        subject: lines of the table of that name.
    """
    return f"""\
[lab]
goal = "smaller"
[subject]
kind = "program"
{subject}
[author]
kind = "search"
authors = ["rewrite"]
[judge]
kind = "race"
[base_cases]
generations = {generations}
"""


@contextmanager
def imported(folder: Path) -> Generator[Any]:
    """The module `total` of a folder, as a later process would import it."""
    before = set(sys.modules)
    spec = spec_from_file_location("total", folder / "total.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["total"] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        for name in set(sys.modules) - before:
            if name.startswith("total"):
                del sys.modules[name]
