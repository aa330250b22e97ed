"""What one call of the target shares with whom: its result, its arguments and later results."""

# ruff: noqa: ANN401 - a program's arguments and results may be anything

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from importlib import import_module
from typing import Any, cast

_function: Callable[..., Any] = import_module("successor_target").function
_CHANGEABLE = (list, dict, set, bytearray, Iterator)
_PLAIN = (bool, int, float, str, bytes, list, dict, set, tuple, type(None))
_LONGEST, _VARIABLES = 500, 100
"""Characters of what was printed or is in a variable, and variables, that are compared."""
_MOST = 10_000
"""Objects looked at in one value."""


def share(*args: Any, **kwargs: Any) -> Any:
    """What it printed and left in its module's variables; then (twice within the result, with the
    result of the same call before, names or places of arguments), or, where it raises, the
    arguments as they are then.
    """
    other_args, other_kwargs = deepcopy((args, kwargs))
    printed = io.StringIO()
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            before = _function(*other_args, **other_kwargs)
            value = _function(*args, **kwargs)
    except Exception:  # noqa: BLE001 - whatever it raises
        return ("raised", left(printed), list(other_args), other_kwargs)
    found = list(changeable(value))
    own = set(map(id, found))
    given = [*enumerate(args), *kwargs.items()]
    shared = [str(name) for name, each in given if own & set(map(id, changeable(each)))]
    return (
        "returned",
        left(printed),
        len(own) < len(found),
        bool(own & set(map(id, changeable(before)))),
        shared,
    )


def left(printed: io.StringIO) -> dict[str, str]:
    """What was printed, under no name, and the plain variables of the module, by name."""
    variables = cast("dict[str, object]", getattr(_function, "__globals__", {}))
    plain = {
        name: repr(value)[:_LONGEST]
        for name, value in [*variables.items()][:_VARIABLES]
        if type(value) in _PLAIN and not name.startswith("__")
    }
    return {"": printed.getvalue()[:_LONGEST], **plain}


def changeable(value: Any) -> Iterator[object]:
    """The objects of a value that can be changed, each as often as it occurs; what is within one
    is looked at once.
    """
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < _MOST:
        each: Any = waiting.pop()
        one = cast("object", each)
        if isinstance(one, _CHANGEABLE):
            yield cast("object", one)
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            waiting += cast("dict[Any, Any]", each).values()
        elif isinstance(each, list | tuple):
            waiting += cast("list[Any]", each)
