"""The modules of an example, loaded as its own folder sees them."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PROGRAMS = sorted(
    path.parent.name
    for path in EXAMPLES.glob("*/successor.toml")
    if 'kind = "program"' in path.read_text("utf-8")
)


@contextmanager
def inside(name: str) -> Generator[None]:
    """The folder of an example is on the path; what was imported from it is forgotten after."""
    folder = str(EXAMPLES / name)
    before, writes = set(sys.modules), sys.dont_write_bytecode
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.path.remove(folder)
        sys.dont_write_bytecode = writes
        for module in set(sys.modules) - before:
            if str(getattr(sys.modules[module], "__file__", "")).startswith(folder):
                del sys.modules[module]


def load(name: str, module: str) -> Any:  # noqa: ANN401 - an example's modules have no types here
    """A module of an example."""
    with inside(name):
        return import_module(module)
