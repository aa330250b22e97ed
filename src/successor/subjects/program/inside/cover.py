"""Which lines of a module run while calls are answered."""

# ruff: noqa: ANN401 - a program's arguments and results may be anything

from __future__ import annotations

import importlib
import operator
import sys
from contextlib import suppress
from types import FrameType
from typing import Any


def cover(module: str, entry: str, calls: list[Any]) -> list[int]:
    """Numbers of the lines of the module that ran, each once; what was raised does not matter."""
    home = importlib.import_module(module)
    function = operator.attrgetter(entry)(home)
    lines = set[int]()

    def trace(frame: FrameType, *_: Any) -> Any:
        if frame.f_code.co_filename != home.__file__:
            return None
        lines.add(frame.f_lineno)
        return trace

    sys.settrace(trace)
    try:
        for args, kwargs in calls:
            with suppress(Exception):
                function(*args, **kwargs)
    finally:
        sys.settrace(None)
    return sorted(lines)
