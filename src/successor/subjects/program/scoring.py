"""What an answer costs, by a function of the lab's own: lower is better, 0 is perfect.

It belongs to whoever set the lab up, and runs in our own process: no version of the program ever
sees it, or is asked beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from successor.errors import UsageError
from successor.sandbox import Call, Value
from successor.sandbox.texts import shown
from successor.subjects.program import syntax
from successor.subjects.program.beside import Tests
from successor.subjects.program.target import Target, function_in

LARGEST = sys.float_info.max
LEAST, WORST = 1e-12, 1e12
"""Costs are cut off here, so that any two have a ratio; no answer costs the most."""
_MOST_TOLD = 150


@dataclass(frozen=True)
class CostFunction:
    """A trusted function (arguments, answer) -> float of at least 0."""

    spelled: str
    path: Path
    data: bytes
    """Of its file."""
    names: tuple[str, ...]
    """The target's parameters, in order: arguments given by name are put in their places."""
    function: Callable[[tuple[Value, ...], Value], object] = field(repr=False)

    def cost(self, call: Call, answer: Value) -> float | None:
        """What an answer costs; None when the function fails for another reason than the answer.

        Raises:
            ValueError: when the answer is none, and why.
        """
        given = self._arguments(call)
        if given is None:
            return None
        try:
            found = self.function(tuple(map(_copied, given)), _copied(answer))
        except ValueError as error:
            raise ValueError(" ".join(str(error).split())[:_MOST_TOLD]) from None
        except Exception:  # noqa: BLE001 - a function that was not meant for these arguments
            return None
        if isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found <= LARGEST:
            return float(found)
        told = shown(found)[:_MOST_TOLD]
        raise ValueError(f"{self.spelled} gives {told}: a cost is a finite number of at least 0")

    def _arguments(self, call: Call) -> tuple[Value, ...] | None:
        rest = self.names[len(call.args) :][: len(call.kwargs)]
        if {*rest} != {*call.kwargs}:
            return None
        return (*call.args, *(call.kwargs[name] for name in rest))


def _copied(value: Value) -> Value:
    """The function's own: several times as fast as `deepcopy`, on which screenings spent a fifth
    of their time. Nothing but these can be changed, or holds what can.
    """
    match value:
        case list():
            return [_copied(each) for each in value]
        case tuple():
            return tuple(_copied(each) for each in value)
        case dict():
            return {key: _copied(each) for key, each in value.items()}
        case set():
            return set(value)
        case _:
            return value


def read_cost(spelled: str, folder: Path, target: Target, tests: Tests) -> CostFunction:
    """The cost function that a lab names.

    Raises:
        UsageError: when it is not there, cannot be imported, or is part of what programs see.
    """
    path, function = function_in(spelled, "cost", folder)
    where = f"[subject] cost = {spelled!r}"
    if path.is_relative_to(target.root):
        name = path.relative_to(target.root).as_posix()
        if name in target.files or name in tests.files:
            raise UsageError(
                f"{where}: the program or its tests import {name}; they may not see it"
            )
    found = getattr(_imported(path, where), function, None)
    if not callable(found):
        raise UsageError(f"{where}: name a function at top level")
    names = tuple(each.name for each in syntax.parameters(target.node))
    return CostFunction(spelled, path, path.read_bytes(), names, found)


def _imported(path: Path, where: str) -> ModuleType:
    """The module, under a name of its own; nothing else in its folder can be imported by it."""
    name = f"successor_cost_{sha256(bytes(path) + path.read_bytes()).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{where}: cannot be imported")
    module = sys.modules[name] = module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        # What lies compiled beside the file need not be that file.
        exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102 - the lab's own
    except Exception as error:  # noqa: BLE001 - whatever the file does when it is imported
        del sys.modules[name]
        raise UsageError(f"{where}: cannot be imported: {error}") from None
    finally:
        sys.dont_write_bytecode = writes
    return module
