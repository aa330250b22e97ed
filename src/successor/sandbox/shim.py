"""Inside the child: imports the program, calls it, and sends what comes back.

The program shares this process and can rewrite all of it; so nothing here protects anything. What
is sent is checked by the reader, and the walls were up before the program came in.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType
from typing import Any

from successor.sandbox import frames, values
from successor.sandbox.confine import CHANNEL

MESSAGE_LENGTH = 2000
"""Characters of an exception's text that are sent."""
Function = Callable[..., Any]
Calls = Sequence[tuple[tuple[Any, ...], dict[str, Any]]]
_exit, _read, _write, _encode, _decode = (
    os._exit,
    frames.read,
    frames.write,
    values.encode,
    values.decode,
)  # taken before a program can put something else in their place


@dataclass(slots=True)
class Task:
    """What the child has to do, as far as its parent could prepare it."""

    folder: str
    shadowed: Sequence[str]  # imported modules that the program has its own of
    module: ModuleType  # of the entry's file, empty as yet
    source: bytes
    name: str  # what to call in it, dotted
    output_bytes: int
    once: bool
    """One request, each outcome sent at once; otherwise many, each answered as a whole."""
    calls: Calls | None
    """Of the first request, when they came along with the program."""


class OutputError(Exception):
    """The answer is longer than the limit."""


def empty_module(folder: str, entry: str) -> ModuleType:
    """The module of the entry's file, with nothing of it run or parsed."""
    path = entry.partition(":")[0]
    dotted = path.removesuffix(".py").replace("/", ".")
    file = f"{folder}/{path}"
    # What importlib.util.module_from_spec makes, at a quarter of its cost.
    module = ModuleType(dotted)
    module.__loader__ = SourceFileLoader(dotted, file)
    module.__spec__ = ModuleSpec(dotted, module.__loader__, origin=file)
    module.__spec__.has_location = True
    module.__package__, module.__file__ = module.__spec__.parent, file
    return module


def read_calls(inputs: bytes) -> Calls:
    """The calls of a request, from the asker's text."""
    calls: Any = _decode(inputs)
    return calls


def serve(task: Task) -> None:
    """Import the program and answer requests until there are none. Never returns."""
    try:
        function = load(task)
    except BaseException as error:  # noqa: BLE001 - whatever a program raises on import
        _write(CHANNEL, frames.frame(frames.FAILED, _encode([*described(error)])))
        _exit(0)
    try:
        while True:
            answer(function, task)
            if task.once:
                os.close(CHANNEL)
                break
    finally:
        _exit(0)


def load(task: Task) -> Function:
    """The program's entry."""
    make_room(task)
    module = task.module
    if "." in module.__name__:
        importlib.import_module(module.__name__.rpartition(".")[0])
    sys.modules[module.__name__] = module
    code = compile(task.source, str(module.__file__), "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - this is what the walls are for
    return functools.reduce(getattr, task.name.split("."), module)


def shadowed(files: Iterable[str]) -> list[str]:
    """Modules that are imported, and that a program of these files has its own of."""
    own = {path.partition("/")[0].partition(".")[0] for path in files}
    if own.isdisjoint(sys.modules):
        return []
    return [name for name in sys.modules if name.partition(".")[0] in own]


def make_room(task: Task) -> None:
    """Put the folder first, and forget modules that were imported and that it has its own of."""
    sys.path.insert(0, task.folder)
    for name in task.shadowed:
        sys.modules.pop(name, None)
    random = sys.modules.get("numpy.random")
    if random is not None:  # as Python's own, which every fork seeds anew
        random.seed()


def warm_up() -> None:
    """Run what every child runs, so that the interpreter has adapted to it before it is shared."""
    for _ in range(20):
        one(divmod, (7, 2), {})
        one(divmod, (7, 0), {})
        _decode(_encode([[(1, 2.5, "a"), {"b": [1, 2]}]]))
        exec(compile(b"def f(a):\n    return a\n", "", "exec"), {})  # noqa: S102 - our own


def answer(function: Function, task: Task) -> None:
    """Answer one request. The nonce comes with "go": nothing sent before can carry it."""
    calls = read_calls(_read(CHANNEL)[1]) if task.calls is None else task.calls
    _write(CHANNEL, frames.frame(frames.READY, b""))
    nonce = _read(CHANNEL, frames.NONCE_BYTES)[1]
    ending, held = b"ok", list[bytes]()
    try:
        for number, outcome in enumerate(outcomes(function, calls, task.output_bytes), 1):
            held.append(frames.frame(frames.OUTCOME, nonce + outcome))
            if task.once and number < len(calls):  # the last one goes with the end
                _write(CHANNEL, held.pop())
    except MemoryError:
        ending = b"memory"
    except OutputError:
        ending = b"output"
    _write(CHANNEL, b"".join(held) + frames.frame(frames.END, nonce + ending))


def outcomes(function: Function, calls: Calls, output_bytes: int) -> Iterator[bytes]:
    """The outcome of every call, as text.

    Raises:
        MemoryError: when a call, or the text of its value, takes more than there is.
        OutputError: when all texts together are longer than `output_bytes`.
    """
    for args, kwargs in calls:
        outcome = one(function, args, kwargs)
        output_bytes -= len(outcome)
        if output_bytes < 0:
            raise OutputError
        yield outcome


def one(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """The outcome of a call: ["r", value], ["x", kind, message] or ["o", kind]."""
    try:
        value = function(*args, **kwargs)
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a program raises
        return _encode(["x", *described(error)])
    try:
        return _encode(["r", value])
    except values.NotPlainError as error:
        return _encode(["o", str(error)])


def described(error: BaseException) -> tuple[str, str]:
    """The qualified type of an exception and its text, of bounded length."""
    try:
        message = str(error)[:MESSAGE_LENGTH]
    except BaseException:  # noqa: BLE001 - the program's own __str__
        message = ""
    return values.qualified(type(error)), message if type(message) is str else ""
