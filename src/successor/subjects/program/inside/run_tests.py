"""Runs plain tests and doctests beside the target, and writes down every call of the target.

Tests are functions and methods named test_*, with pytest's `raises`, `approx`, `parametrize`
and `skip`, and unittest's cases. Fixtures are not known: a test that needs one is not run.
"""

# ruff: noqa: ANN401 - a program's arguments and results may be anything

from __future__ import annotations

import copy
import doctest
import importlib
import inspect
import itertools
import traceback
import unittest
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

_MOST = 2000
"""Calls written down."""
_PLAIN = {bool, int, float, complex, str, bytes, Fraction, Decimal}


class Recorder:
    """Stands in for the target while tests run; calls from within the target are its own."""

    def __init__(self, home: Any, name: str) -> None:
        self.home, self.name = home, name
        self.raw = inspect.getattr_static(home, name)
        self.function = getattr(home, name)
        self.calls: list[Any] = []
        wrapper = self.wrapper()
        keep = staticmethod(wrapper) if inspect.isclass(home) else wrapper
        self.shown = (
            self.method() if inspect.isfunction(self.raw) and inspect.isclass(home) else keep
        )

    def wrapper(self) -> Callable[..., Any]:
        def recorded(*args: Any, **kwargs: Any) -> Any:
            given = safe_copy((args, kwargs))
            setattr(self.home, self.name, self.raw)
            try:
                return self.function(*args, **kwargs)
            finally:
                setattr(self.home, self.name, self.shown)
                if given is not None and len(self.calls) < _MOST and is_plain(given):
                    self.calls.append([list(given[0]), given[1]])

        recorded.__wrapped__ = self.function  # type: ignore[attr-defined] - as functools does
        recorded.__doc__ = self.function.__doc__
        return recorded

    def method(self) -> Callable[..., Any]:
        inner = self.wrapper

        def recorded(instance: Any, *args: Any, **kwargs: Any) -> Any:
            self.function = self.raw.__get__(instance)
            return inner()(*args, **kwargs)

        return recorded


def type_of(value: Any) -> Any:
    """The type of what may be anything."""
    return cast("Any", type(value))


def is_plain(value: Any) -> bool:
    """Whether a value can be put down as data, to be asked again."""
    kind = type_of(value)
    if kind in {list, tuple, set, frozenset}:
        return all(map(is_plain, value))
    if kind is dict:
        return all(map(is_plain, value)) and all(map(is_plain, value.values()))
    return value is None or kind in _PLAIN


def safe_copy(value: Any) -> Any:
    """A copy, or None when there is none."""
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - whatever cannot be copied
        return None


def run_tests(module: str, name: str, docstring: str, tests: list[str]) -> list[Any]:
    """[verdicts, calls, ends]: a verdict is (test, "passed" | "failed" | "not run", why), its end
    how many of the calls were made once it was over.

    Args:
        docstring: the original's, whose examples hold whatever a version says of itself.
    """
    home: Any = importlib.import_module(module)
    path = name.split(".")
    for part in path[:-1]:
        home = getattr(home, part)
    recorder = Recorder(home, path[-1])
    setattr(home, path[-1], recorder.shown)
    names = vars(importlib.import_module(module))
    verdicts = list(doctests(dict(names), path[-1], docstring))
    ends = [len(recorder.calls)] * len(verdicts)
    for test in tests:
        try:
            cases = list(collect(vars(importlib.import_module(test))))
        except Exception as error:  # noqa: BLE001 - whatever a test module raises
            verdicts.append([test, "failed", told(error)])
            ends.append(len(recorder.calls))
            continue
        for case, run in cases:
            verdicts.append(run_case(f"{test}.{case}", run))
            ends.append(len(recorder.calls))
    return [verdicts, recorder.calls, ends]


def run_case(name: str, run: Callable[[], Any]) -> list[str]:
    """One test, and how it ended."""
    try:
        run()
    except unittest.SkipTest as skip:
        return [name, "not run", str(skip)]
    except BaseException as error:  # noqa: BLE001 - whatever a test raises
        skipped = type(error).__name__ == "Skipped"
        return [name, "not run" if skipped else "failed", told(error)]
    return [name, "passed", ""]


def told(error: BaseException) -> str:
    """An error, on one line: what it says, or where it was raised."""
    try:
        why = str(error)
    except Exception:  # noqa: BLE001 - what it holds cannot be written, such as a huge integer
        why = ""
    if not why and error.__traceback__:
        why = traceback.extract_tb(error.__traceback__)[-1].line or ""
    return f"{type(error).__name__}: {why}".replace("\n", " ")[:300]


def doctests(names: dict[str, Any], name: str, docstring: str) -> Iterator[list[str]]:
    """The examples in a docstring, among the names of its module."""
    examples = doctest.DocTestParser().get_doctest(docstring, names, name, None, None)
    if examples.examples:
        shown: list[str] = []
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(examples, out=shown.append)
        wrong = " ".join("".join(shown).partition("Failed example:")[2].split())[:300]
        yield [f"doctest {name}", "failed" if runner.failures else "passed", wrong]


def collect(members: Mapping[str, Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """(name, run) of every test in a module."""
    for name, value in list(members.items()):
        if inspect.isfunction(value) and name.startswith("test"):
            yield from variants(name, value, value)
        elif inspect.isclass(value) and issubclass(value, unittest.TestCase):
            for case in unittest.defaultTestLoader.getTestCaseNames(value):
                yield f"{name}.{case}", value(case).debug
        elif inspect.isclass(value) and name.startswith("Test"):
            for method, function in inspect.getmembers(value, inspect.isfunction):
                if method.startswith("test"):
                    yield from variants(f"{name}.{method}", function, getattr(value(), method))


def variants(name: str, marked: Any, call: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """A test once, or once for each set of its parameters."""
    sets = [
        list(spread(mark))
        for mark in getattr(marked, "pytestmark", [])
        if mark.name == "parametrize"
    ]
    needed = {
        each.name
        for each in inspect.signature(call).parameters.values()
        if each.default is each.empty and each.kind not in {each.VAR_POSITIONAL, each.VAR_KEYWORD}
    }
    for number, chosen in enumerate(itertools.product(*sets)):
        given = {key: value for part in chosen for key, value in part.items()}
        label = f"{name}[{number}]" if sets else name
        lacking = sorted(needed - given.keys())
        needs = f"needs the fixture {lacking[0]!r}: none is known here" if lacking else ""
        yield label, bound(call, given, left_out(marked) or needs)


def left_out(marked: Any) -> str:
    """Why a test says nothing when it is run here, by its marks; "" when it does."""
    if inspect.iscoroutinefunction(marked) or inspect.isgeneratorfunction(marked):
        return "is awaited, or yields: nothing here does that"
    for mark in getattr(marked, "pytestmark", []):
        conditions = mark.args if mark.name == "skipif" else ()
        if mark.name in {"skip", "xfail"} or any(map(bool, conditions)):
            return f"is marked {mark.name}"
    return ""


def bound(call: Any, given: dict[str, Any], why: str) -> Callable[[], Any]:
    """The test with its parameters; one that is not run says why."""

    def run() -> Any:
        if why:
            raise unittest.SkipTest(why)
        return call(**given)

    return run


def spread(mark: Any) -> Iterator[dict[str, Any]]:
    """What `parametrize` gives, one set after another."""
    names, rows = mark.args[0], mark.args[1]
    names = [each.strip() for each in names.split(",")] if isinstance(names, str) else list(names)
    for row in rows:
        values = getattr(row, "values", row) if type(row).__name__ == "ParameterSet" else row
        single = len(names) == 1 and values is row
        yield dict(zip(names, [values] if single else values, strict=True))
