"""What a child is told about its program, checked before it is sent.

Told as marshalled data: a quarter of the time of JSON, and the fork-server, whose every page
that it writes to costs a copy, writes to 30 pages fewer. It is the same interpreter as ours, and
reads nothing that a program wrote.
"""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from typing import TypeGuard

from successor.sandbox import frames
from successor.sandbox.answers import Limits, Program, SandboxError

PROGRAM_BYTES = 64 << 20
"""All files of a program together."""
MOST_FILES_BYTES = 4 << 30
"""That a program may write: they are held in memory."""
MOST_FILES = 10_000
LONGEST_PATH = 1000
INPUTS_BYTES = 1 << 14
"""Of inputs that go along with their program: the fork-server takes time to read them."""


def task(program: Program, limits: Limits, only: bytes | None) -> bytes:
    """The message that tells a child its program and limits, and the inputs of its only request.

    Inputs that are too long for that are left out, to be sent to the child itself.

    Raises:
        SandboxError: when a path leaves the program's folder, the entry is none of its files,
            or the files are too many or too long.
    """
    check(program)
    check_limits(limits)
    once = only is not None
    told: dict[str, object] = {
        "files": {str(path): bytes(data) for path, data in program.files.items()},
        "entry": str(program.entry),
        "once": once,
        "output_bytes": int(limits.output_bytes),
        "limits": {
            # A session lives as long as it is asked: each request is held by wall_s alone.
            "cpu_s": float(limits.cpu_s) if once else 0.0,
            "memory_bytes": int(limits.memory_bytes),
            "files_bytes": int(limits.files_bytes),
        },
    }
    if goes_along(only):
        told["inputs"] = only
    return frames.frame(frames.PROGRAM, marshal.dumps(told))


def goes_along(inputs: bytes | None) -> TypeGuard[bytes]:
    """Whether these inputs are sent with the program: they are few enough for the fork-server."""
    return inputs is not None and len(inputs) <= INPUTS_BYTES


def check(program: Program) -> None:
    """Whether the program is one that can be laid out and called."""
    check_files(program.files)
    path, _, name = program.entry.partition(":")
    if path not in program.files or not path.endswith(".py"):
        raise SandboxError(f"entry {program.entry!r}: {path!r} is no Python file of the program")
    if not all(part.isidentifier() for part in name.split(".")):
        raise SandboxError(f"entry {program.entry!r}: name a function, as in 'add.py:add'")


def check_limits(limits: Limits) -> None:
    """Whether the limits are such that something can run within them."""
    for name in ("wall_s", "cpu_s", "memory_bytes", "output_bytes"):
        if not 0 < getattr(limits, name) < 1 << 50:
            raise SandboxError(f"limits: {name} is {getattr(limits, name)}: it has to be above 0")
    if not 0 <= limits.files_bytes <= MOST_FILES_BYTES:
        raise SandboxError(f"limits: files_bytes is at most {MOST_FILES_BYTES:,}")


def check_files(files: Mapping[str, bytes]) -> None:
    """Whether the files stay in their folder and are not too many or too long."""
    if len(files) > MOST_FILES:
        raise SandboxError(f"{len(files):,} files: a program has at most {MOST_FILES:,}")
    size = sum(map(len, files.values()))
    if size > PROGRAM_BYTES:
        raise SandboxError(f"{size:,} bytes of files: a program has at most {PROGRAM_BYTES:,}")
    for path in files:
        parts = path.split("/")
        if {"", ".", ".."} & set(parts) or "\0" in path or len(path) > LONGEST_PATH:
            raise SandboxError(f"file {path[:100]!r}: paths are relative and stay in the folder")
        if any("\ud800" <= character <= "\udfff" for character in path):
            raise SandboxError(f"file {path[:100]!r}: a path is text that can be encoded")
