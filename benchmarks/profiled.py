"""What a package's own tests spend their time in, and what its functions are called with.

    python profiled.py rank PACKAGE                  # where the time goes, as JSON
    python profiled.py record PACKAGE FILE FUNCTION  # calls of a function, as JSON

Run by `packages.py`, in the folder of the unpacked package, each time in a new process.
"""

from __future__ import annotations

import cProfile
import inspect
import json
import math
import pstats
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, cast

import click
import pytest

PLAIN = {bool, int, str, bytes, type(None)}
MOST = 400
"""Distinct calls that are written down."""
QUIET = ["-q", "-p", "no:cacheprovider", "-o", "addopts="]


@dataclass(frozen=True)
class Spent:
    """Own time of one function while the tests ran."""

    file: str
    """Relative to the folder that the package is in."""
    function: str
    seconds: float
    calls: int
    top: bool
    """Whether it is a function of its module, that returns when it is done."""


def ranked(package: Path) -> list[Spent]:
    """All functions of the package, most own time first."""
    profile = cProfile.Profile(time.process_time)  # what other processes do is left out
    with redirect_stdout(sys.stderr):
        profile.runcall(pytest.main, QUIET)
    raw: Mapping[tuple[str, int, str], tuple[int, int, float, float, Any]] = vars(
        pstats.Stats(profile)
    )["stats"]
    found = [
        Spent(_relative(file, package), name, own, calls, _is_top(file, line, package))
        for (file, line, name), (_, calls, own, _, _) in raw.items()
        if Path(file).is_relative_to(package) and "tests" not in Path(file).parts
    ]
    return sorted(found, key=lambda spent: -spent.seconds)


def _relative(file: str, package: Path) -> str:
    return Path(file).relative_to(package.parent).as_posix()


def module_of(file: str) -> str:
    """The name by which a file of a package is imported."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_top(file: str, line: int, package: Path) -> bool:
    """A function is known by its first line, whatever its decorators made of it."""
    module = import_module(module_of(_relative(file, package)))
    plain = [inspect.unwrap(each) for each in vars(module).values() if callable(each)]
    return any(
        isinstance(each, FunctionType)
        and (each.__code__.co_filename, each.__code__.co_firstlineno) == (file, line)
        and not inspect.isgeneratorfunction(each)
        for each in plain
    )


@dataclass
class Recorder:
    """Writes down what a function was given, and whether all of it was plain data."""

    code: CodeType
    names: tuple[str, ...]
    calls: dict[str, int]
    """How often, by the arguments as Python spells them."""
    odd: int = 0
    """Calls with arguments or results that are no plain data."""

    def __call__(self, frame: FrameType, event: str, value: object) -> None:
        """What `sys.setprofile` calls."""
        if frame.f_code is not self.code:
            return
        if event == "call" and len(self.calls) < MOST:
            given = [frame.f_locals[name] for name in self.names]
            if all(map(is_plain, given)):
                spelled = repr(tuple(given))
                self.calls[spelled] = self.calls.get(spelled, 0) + 1
            else:
                self.odd += 1
        elif event == "return" and not is_plain(value):
            self.odd += 1


def is_plain(value: Any) -> bool:  # noqa: ANN401 - arguments may be anything
    """Whether a value is again what it was when it is read as Python spells it."""
    kind = cast("type[object]", type(value))
    if kind is dict:
        return all(map(is_plain, value)) and all(map(is_plain, value.values()))
    if kind in {list, tuple}:
        return all(map(is_plain, value))
    return kind in PLAIN or (kind is float and math.isfinite(value))


def recorded(function: Callable[..., Any]) -> Recorder:
    """Run the tests, and watch one function."""
    plain = inspect.unwrap(function)
    code = plain.__code__
    recorder = Recorder(code, code.co_varnames[: code.co_argcount], {})
    with redirect_stdout(sys.stderr):
        sys.setprofile(recorder)
        try:
            pytest.main(QUIET)
        finally:
            sys.setprofile(None)
    return recorder


@click.group()
def main() -> None:
    """Profile the tests of a package."""


@main.command()
@click.argument("package", type=click.Path(path_type=Path))
def rank(package: Path) -> None:
    """Where the time goes."""
    sys.path.insert(0, str(package.resolve().parent))
    click.echo(json.dumps([vars(spent) for spent in ranked(package.resolve())]))


@main.command()
@click.argument("package", type=click.Path(path_type=Path))
@click.argument("file")
@click.argument("function")
def record(package: Path, file: str, function: str) -> None:
    """What a function is called with."""
    sys.path.insert(0, str(package.resolve().parent))
    found = recorded(getattr(import_module(module_of(file)), function))
    click.echo(json.dumps({"calls": list(found.calls), "odd": found.odd}))


if __name__ == "__main__":
    main()
