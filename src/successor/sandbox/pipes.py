"""Runs a process, feeds it, and takes what it writes, within bounds of time and size."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from selectors import EVENT_READ, EVENT_WRITE, BaseSelector, DefaultSelector

from successor.sandbox.answers import Limits, SandboxError, Status
from successor.sandbox.machine import ENVIRONMENT

CHUNK_BYTES = 1 << 16
ENCODED = 2
"""A report carries files as base64, a third longer, and their names."""
WATCHED_S = 0.5
"""Time between two calls of whoever watches."""


@dataclass(frozen=True)
class Flow:
    """What came out of a process."""

    status: Status
    stdout: bytes
    stderr: bytes
    report: bytes
    seconds: float
    exit_code: int  # of the process itself; negative: the signal that ended it


def flow(
    argv: Sequence[str],
    data: bytes,
    report: tuple[int, int],
    limits: Limits,
    watch: Callable[[], None] | None = None,
) -> Flow:
    """Run a process to its end, or end it; `report` is a pipe whose second end it inherits.

    Raises:
        SandboxError: when it cannot be started.
        BaseException: whatever `watch` raises; the process is ended then.
    """
    started = time.monotonic()
    try:
        process = subprocess.Popen(  # noqa: S603 - a command line of ours
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=report[1:],
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"the sandbox cannot be started: {error}") from None
    finally:
        os.close(report[1])
    with process, DefaultSelector() as selector:
        try:
            outputs = _outputs(process, report[0])
            for descriptor in outputs:
                selector.register(descriptor, EVENT_READ)
            deadline = started + limits.wall_s
            bounds = (deadline, limits.output_bytes)
            status = _pump(selector, process, data, outputs, bounds, watch or _nobody)
        finally:
            _end(process)
    stdout, stderr, told = (bytes(output) for output in outputs.values())
    return Flow(status, stdout, stderr, told, time.monotonic() - started, process.returncode)


def _outputs(process: subprocess.Popen[bytes], report: int) -> dict[int, bytearray]:
    streams = [stream.fileno() for stream in (process.stdout, process.stderr) if stream]
    return {descriptor: bytearray() for descriptor in (*streams, report)}


def _pump(
    selector: BaseSelector,
    process: subprocess.Popen[bytes],
    data: bytes,
    outputs: dict[int, bytearray],
    bounds: tuple[float, int],
    watch: Callable[[], None],
) -> Status:
    """Move data both ways until all outputs are closed or a bound (deadline, bytes) is met."""
    rest, stdin = memoryview(data), process.stdin
    if stdin is not None:
        os.set_blocking(stdin.fileno(), False)
        selector.register(stdin, EVENT_WRITE)
    watched = time.monotonic()
    while any(key.events & EVENT_READ for key in selector.get_map().values()):
        if (now := time.monotonic()) >= bounds[0]:
            return "timeout"
        if now - watched >= WATCHED_S:
            watch()
            watched = now
        for key, events in selector.select(min(WATCHED_S, bounds[0] - now)):
            if events & EVENT_WRITE and stdin is not None:
                rest = _fed(key.fd, rest)
                if not rest:
                    selector.unregister(stdin)
                    stdin.close()
            elif not _taken(key.fd, outputs[key.fd]):
                selector.unregister(key.fd)
            elif len(outputs[key.fd]) > bounds[1] * (ENCODED if key.fd == [*outputs][2] else 1):
                del outputs[key.fd][bounds[1] :]
                return "output"
    return "ok"


def _nobody() -> None:
    """Watches."""


def _fed(descriptor: int, rest: memoryview) -> memoryview:
    try:
        return rest[os.write(descriptor, rest[:CHUNK_BYTES]) :]
    except BlockingIOError:
        return rest
    except OSError:
        return rest[:0]


def _taken(descriptor: int, output: bytearray) -> bool:
    data = os.read(descriptor, CHUNK_BYTES)
    output += data
    return bool(data)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group; what runs in namespaces ends with the group's leader."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
