"""The little of pytest that a test beside a function uses, for where there is no pytest."""

# ruff: noqa: ANN401 - a program's arguments and results may be anything

from __future__ import annotations

import math
import re
import unittest
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast


@contextmanager
def raises(expected: Any, *, match: str | None = None) -> Any:
    """The block has to raise this."""
    seen = SimpleNamespace(value=None, type=None)
    try:
        yield seen
    except expected as error:
        seen.value, seen.type = error, type(error)
        if match is not None and not re.search(match, str(error)):
            raise AssertionError(f"{match!r} does not match {error}") from error
    else:
        raise AssertionError(f"did not raise {expected}")


def type_of(value: Any) -> Any:
    """The type of what may be anything."""
    return cast("Any", type(value))


class approx:  # noqa: N801 - as tests know it
    """Equal to within a millionth, or what is given."""

    def __init__(
        self,
        expected: Any,
        rel: float | None = None,
        abs: float | None = None,  # noqa: A002 - as tests name it
        *,
        nan_ok: bool = False,
    ) -> None:
        self.expected, self.nan_ok = expected, nan_ok
        self.rel, self.abs = 1e-6 if rel is None else rel, 1e-12 if abs is None else abs

    def __eq__(self, other: object) -> bool:
        return self.near(self.expected, other)

    __hash__ = None  # type: ignore[assignment] - as Python says it

    def near(self, expected: Any, got: Any) -> bool:
        """Numbers, and containers of them."""
        kind = type_of(expected)
        if kind is dict:
            return expected.keys() == got.keys() and all(
                self.near(expected[key], got[key]) for key in expected
            )
        if kind in {list, tuple}:
            return len(expected) == len(got) and all(map(self.near, expected, got))
        if kind is float and math.isnan(expected):
            return self.nan_ok and math.isnan(got)
        return expected == got or abs(expected - got) <= max(self.abs, self.rel * abs(expected))


class _Marks:
    """`pytest.mark.NAME(...)` leaves a mark, as it does in pytest."""

    def __getattr__(self, name: str) -> Any:
        def mark(*args: Any, **kwargs: Any) -> Any:
            def leave(function: Any) -> Any:
                left = SimpleNamespace(name=name, args=args, kwargs=kwargs)
                function.pytestmark = [*getattr(function, "pytestmark", []), left]
                return function

            bare = len(args) == 1 and callable(args[0]) and not kwargs
            return args[0] if bare else leave

        return mark


def fixture(function: Any = None, **_: Any) -> Any:
    """Kept as it is; tests that ask for it are not run."""
    return function if function is not None else fixture


def param(*values: Any, **_: Any) -> Any:
    """One set of parameters."""
    return values[0] if len(values) == 1 else values


def skip(reason: str = "") -> None:
    """End this test."""
    raise unittest.SkipTest(reason)


mark = _Marks()
