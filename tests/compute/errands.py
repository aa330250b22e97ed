"""What the workers of the tests do; they find it by PYTHONPATH."""

# ruff: noqa: ARG001 - an errand takes what a worker gives

import os
import signal
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from successor.errors import UsageError
from successor.sandbox import Call, Program, open_sandbox

Read = Callable[[str], bytes]
Told = Mapping[str, object]
Made = tuple[object, Mapping[str, bytes]]


def square(told: Told, read: Read) -> Made:
    number = told["number"]
    assert isinstance(number, int)
    return {"square": number * number, "at": time.time(), "worker": os.getpid()}, {}


def sizes(told: Told, read: Read) -> Made:
    name = told["name"]
    assert isinstance(name, str)
    content = read(name)[:3]
    return len(read(name)), {sha256(content).hexdigest(): content}


def dies(told: Told, read: Read) -> Made:
    """The first `times` times that it is tried."""
    folder = Path(str(told["folder"]))
    for number in range(int(str(told["times"]))):
        mark = folder / f"died-{number}"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return "alive", {}


def waits(told: Told, read: Read) -> Made:
    (Path(str(told["folder"])) / f"waits-{os.getpid()}").touch()
    time.sleep(600)
    return None, {}


def refuses(told: Told, read: Read) -> Made:
    raise UsageError("no such thing")


def breaks(told: Told, read: Read) -> Made:
    raise ZeroDivisionError("by nothing")


def adds(told: Told, read: Read) -> Made:
    program = Program({"add.py": b"def add(a, b):\n    return a + b\n"}, "add.py:add")
    with open_sandbox() as sandbox:
        result = sandbox.run(program, [Call((1, 2))])
    return [sandbox.trusted, str(result.outcomes)], {}
