"""One call of the target: its result, and its arguments where it may have changed them."""

# ruff: noqa: ANN401 - a program's arguments and results may be anything

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from itertools import islice
from typing import Any, cast

_function: Callable[..., Any] = import_module("successor_target").function
_CHANGEABLE = (list, dict, set, bytearray)
_MOST = 100_000
"""Elements taken from an iterator, which may have no end."""


def observe(*args: Any, **kwargs: Any) -> Any:
    """The result alone, or (result, arguments afterwards) under a mark."""
    value = plain(_function(*args, **kwargs))
    if any(isinstance(each, _CHANGEABLE) for each in (*args, *kwargs.values())):
        return ("<and arguments>", value, list(args), kwargs)
    return value


def type_of(value: Any) -> Any:
    """The type of what may be anything."""
    return cast("Any", type(value))


def plain(value: Any) -> Any:
    """Results that are no plain data, but say all about themselves, as plain data."""
    kind = type_of(value)
    mark = f"<{kind.__module__}.{kind.__qualname__}>"
    if issubclass(kind, Iterator):
        taken: list[Any] = list(islice(value, _MOST))
        return (mark, taken)
    if issubclass(kind, tuple) and kind is not tuple:
        return (mark, *value)
    if kind.__module__ == "numpy":
        return (mark, str(value.dtype), list(value.shape), value.tolist())
    if is_dataclass(kind):
        return (mark, {each.name: getattr(value, each.name) for each in fields(kind)})
    return value
