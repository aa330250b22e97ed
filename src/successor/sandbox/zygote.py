"""The warm fork-server: a small process that holds no secret and forks one child per program.

Started as a fresh interpreter by `successor.sandbox.server`, never as a fork of a process that
knows something. It has one thread and one descriptor, its control socket. It reads no
program, it forks, and the child puts up its walls and then talks to the asker by itself.

    to it:  {"layers", "readable", "path", "preload"}     once
            "F" id program, with a descriptor             fork; without, it comes on the channel
            "K" id | "W" id                               kill, or wait a moment for it to end
    from it: {"error", "namespaces"?} or {"base_bytes", "landlock"}                  once
            id, wait status, killed, cpu seconds, peak bytes  for each K and W
"""

from __future__ import annotations

import gc
import json
import marshal
import os
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from successor.sandbox import enclosure, frames, shim, warm
from successor.sandbox.confine import Needs, Prepared, Walls, die_with, keep_only
from successor.sandbox.places import Place, Places, lay_out

REQUEST = struct.Struct("=cQ")
REPORT = struct.Struct("=Qi?dQ")
ONE_DESCRIPTOR = socket.CMSG_SPACE(4)
NO_SUCH_CHILD = -1
ALONG_BYTES = 1 << 15
"""Of a program, to come along with the request to fork."""
PATIENCE_S = 0.05
"""How long a child whose channel is closed may take to end by itself, so as to know why."""
# fmt: off
WARM = (
    "abc",     "array",     "base64",     "bisect",     "cmath",     "collections",
    "contextlib",     "copy",     "dataclasses",     "datetime",     "decimal",     "enum",
    "fractions",     "functools",     "heapq",     "io",     "itertools",     "json",
    "math",     "numbers",     "operator",     "random",     "re",     "statistics",
    "string",     "struct",     "textwrap",     "time",     "traceback",     "types",
    "typing",     "unicodedata",     "warnings",     "zlib",
)
# fmt: on
"""Imported before any program is there: what programs often use, and what children need."""


def main(control: socket.socket) -> None:
    """Set up as told, say how it went, and serve until the asker is gone."""
    settings = json.loads(control.recv(1 << 20))
    try:
        walls = prepare(settings)
    except Exception as error:  # noqa: BLE001 - a module to preload may raise anything
        answer: dict[str, str | bool] = {"error": f"{type(error).__name__}: {error}"[:1000]}
        if isinstance(error, enclosure.ForbiddenError):
            answer["namespaces"] = False
        control.send(json.dumps(answer).encode())
        return
    control.send(json.dumps({"base_bytes": walls.base_bytes, "landlock": walls.abi}).encode())
    settle()
    serve(control, walls)


def settle() -> None:
    """Leave nothing of ours in a program's way, and memory as children can share it best."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "successor"]:
        del sys.modules[name]
    sys.modules["__main__"] = ModuleType("__main__")
    sys.argv = [""]
    sys.dont_write_bytecode = True
    shim.warm_up()
    gc.collect()
    gc.freeze()
    gc.disable()


def prepare(settings: dict[str, Any]) -> Walls:
    """Enter the room, and import there what programs will find imported."""
    layers, readable = settings["layers"], settings["readable"]
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    sys.path += settings["path"]
    if "namespaces" in layers:
        enclosure.enter(readable, proc)
        become_first()
    elif os.geteuid() == 0 and "privileges" in layers and enclosure.open_to_nobody(readable):
        enclosure.become_nobody()
    warm.import_all((*WARM, *settings["preload"]), forks="seccomp" not in layers)
    base_bytes = address_space_bytes(proc)
    os.close(proc)
    programs = enclosure.PROGRAMS if "namespaces" in layers else settings["programs"]
    walls = Walls(layers, [path for path in readable if Path(path).exists()], programs, base_bytes)
    walls.close_around_all()
    return walls


def address_space_bytes(proc: int) -> int:
    """What this process takes, for the limit to be counted from there."""
    file = os.open("self/statm", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
    try:
        return int(os.read(file, 100).split()[0]) * os.sysconf("SC_PAGE_SIZE")
    finally:
        os.close(file)


def become_first() -> None:
    """Go on as process 1 of the new namespaces: when it ends, the kernel ends all others."""
    first = os.fork()
    if first:
        os.waitpid(first, 0)
        os._exit(0)
    die_with(0)


@dataclass(slots=True)
class Child:
    """A child, and where its program is."""

    process: int
    place: Place


def serve(control: socket.socket, walls: Walls) -> None:
    """Fork, kill and report, until the asker has closed its end."""
    children, places = dict[int, Child](), Places(walls)
    request = bytearray(REQUEST.size + ALONG_BYTES)
    while True:
        length, passed, _, _ = control.recvmsg_into([request], ONE_DESCRIPTOR)
        if not length:
            break
        kind, number = REQUEST.unpack_from(request)
        if kind == b"F":
            channel = int.from_bytes(passed[0][2], sys.byteorder)
            child = fork(channel, bytes(request[REQUEST.size : length]), walls, places)
            if child:
                children[number] = child
            os.close(channel)
        else:
            child = children.pop(number, None)
            control.send(ended(number, child, places, wait=kind == b"W"))
    for number, child in children.items():
        ended(number, child, places, wait=False)


def fork(channel: int, message: bytes, walls: Walls, places: Places) -> Child | None:
    """Lay the program out and fork a child for it; None when that is not possible.

    What needs no look into the program is done here and not in the child: every page of memory
    that the child is the first to touch costs it as much as a dozen lines of Python.
    """
    prepared = place = None
    try:
        content = message[frames.HEADER.size :] if message else frames.read(channel)[1]
        told = marshal.loads(content)  # noqa: S302 - the asker's
        place = places.take()
        task, prepared = readied(told, place, walls)
        warm.new_chance()
        parent = os.getpid()
        process = os.fork()
        if process == 0:
            begin(channel, task, prepared, walls, parent)
    except Exception as error:  # noqa: BLE001 - no program may end the server that all others need
        if place is not None:
            places.give_back(place)
        refuse(channel, error)
        return None
    else:
        return Child(process, place)
    finally:
        if prepared is not None:
            prepared.close()


def readied(told: dict[str, Any], place: Place, walls: Walls) -> tuple[shim.Task, Prepared]:
    """What a child is told, and its walls, as far as they can be prepared for it."""
    entry, inputs = told["entry"], told.get("inputs")
    source = lay_out(place, told["files"], entry.partition(":")[0])
    task = shim.Task(
        folder=place.folder,
        shadowed=shim.shadowed(told["files"]),
        module=shim.empty_module(place.folder, entry),
        source=source,
        name=entry.partition(":")[2],
        output_bytes=told["output_bytes"],
        once=told["once"],
        calls=None if inputs is None else shim.read_calls(inputs),
    )
    return task, walls.prepared(Needs(place.folder, **told["limits"]), place.rules)


def refuse(channel: int, error: Exception) -> None:
    """Say why there is no program behind walls; the asker may be gone."""
    with suppress(OSError):
        text = f"{type(error).__name__}: {error}"[:1000]
        frames.write(channel, frames.frame(frames.UNWALLED, text.encode("utf-8", "replace")))


def begin(channel: int, task: shim.Task, prepared: Prepared, walls: Walls, parent: int) -> NoReturn:
    """In the child: put up the walls and hand over to the program."""
    try:
        die_with(parent)
        os.setsid()
        walls.close_around(prepared)
        frames.write(channel, frames.frame(frames.WALLED, b""))
        keep_only(channel, others=walls.keeps_descriptors)
        gc.enable()
        shim.serve(task)
    except OSError as error:
        refuse(channel, error)
    finally:
        os._exit(1)


def ended(number: int, child: Child | None, places: Places, *, wait: bool) -> bytes:
    """Make sure that a child is gone, and report how it ended."""
    if child is None:
        return REPORT.pack(number, NO_SUCH_CHILD, False, 0.0, 0)
    deadline = time.monotonic() + (PATIENCE_S if wait else 0.0)
    done, status, usage = os.wait4(child.process, os.WNOHANG)
    while not done and time.monotonic() < deadline:
        time.sleep(0.0005)
        done, status, usage = os.wait4(child.process, os.WNOHANG)
    killed = not done
    if killed:
        os.kill(child.process, signal.SIGKILL)
        _, status, usage = os.wait4(child.process, 0)
    places.give_back(child.place)
    cpu_s, peak_bytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10
    return REPORT.pack(number, status, killed, cpu_s, peak_bytes)
