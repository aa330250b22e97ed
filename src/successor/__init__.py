"""Successor: an AI that examines itself, writes its successor, proves it better and hands over.

    import successor

    v1 = successor.load("examples/adder")
    v2 = successor.improve_self(v1)
    v3 = successor.improve_self(v2)

Read `successor.loop` first: it is the whole recursion, on a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from successor.director import review
    from successor.errors import RecordError, SuccessorError, UsageError
    from successor.lab import Lab, improve_self, load, run
    from successor.selfimproving import self_improving
    from successor.types import Stop, Version

__all__ = [
    "Lab",
    "RecordError",
    "Stop",
    "SuccessorError",
    "UsageError",
    "Version",
    "improve_self",
    "load",
    "review",
    "run",
    "self_improving",
]

_HOME = {
    "Lab": "successor.lab",
    "RecordError": "successor.errors",
    "Stop": "successor.types",
    "SuccessorError": "successor.errors",
    "UsageError": "successor.errors",
    "Version": "successor.types",
    "improve_self": "successor.lab",
    "load": "successor.lab",
    "review": "successor.director",
    "run": "successor.lab",
    "self_improving": "successor.selfimproving",
}


def __getattr__(name: str) -> object:
    """Public names are fetched from their rooms at first use: the import stays quick."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
