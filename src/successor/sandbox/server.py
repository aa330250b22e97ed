"""The asker's side of the fork-server: starts it, has it fork children, and ends them.

The server is a fresh interpreter (`python -I -S`) with an empty environment. It ends when
the control socket is closed, so also when this process dies in whatever way.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import final

from successor.sandbox import cputime
from successor.sandbox.answers import SandboxError
from successor.sandbox.enclosure import NOBODY, open_to_nobody
from successor.sandbox.machine import ENVIRONMENT, interpreter, packages, readable
from successor.sandbox.zygote import ALONG_BYTES, NO_SUCH_CHILD, REPORT, REQUEST

START_S = 60.0
"""How long starting may take, heavy preloaded modules included."""
ANSWER_S = 30.0
"""How long the server may take to end a child; more means that it is gone itself."""


STATEMENT = "zygote.main(socket.socket(fileno=0))"


class NoNamespacesError(SandboxError):
    """The kernel lets this process have no namespaces; the text is what it said."""


@dataclass(frozen=True)
class Outer:
    """A wall around the server itself."""

    command: Sequence[str]
    folder: str  # where programs are laid out, behind it


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    signal: int  # 0 when it exited by itself
    killed: bool  # by the server, as it was still there
    exit_code: int
    cpu_s: float
    peak_bytes: int


@final
class Server:
    """A running fork-server."""

    def __init__(
        self, layers: Collection[str], preload: Sequence[str] = (), outer: Outer | None = None
    ) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock, self._next = threading.Lock(), 0
        self.starts_processes = "seccomp" not in layers
        """Whether its children can, so that the CPU clock of one is not all that it used."""
        self._own = "" if outer or "namespaces" in layers else _programs_folder()
        self._programs = outer.folder if outer else self._own
        command = outer.command if outer else interpreter(STATEMENT)
        self._control = ours
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        try:
            self.abi = self._greet(layers, preload)
        except BaseException:
            self.close()
            raise

    def _greet(self, layers: Collection[str], preload: Sequence[str]) -> int:
        settings = {
            "layers": sorted(layers),
            "readable": readable(),
            "path": packages(),
            "programs": self._programs,
            "preload": list(preload),
        }
        self._control.settimeout(START_S)
        try:
            self._control.send(json.dumps(settings).encode())
            answer = json.loads(self._control.recv(1 << 16) or b'{"error": "it ended at once"}')
        except (OSError, ValueError) as error:
            raise SandboxError(f"the sandbox's fork-server did not start: {error}") from None
        if answer.get("namespaces") is False:
            raise NoNamespacesError(answer["error"])
        if "error" in answer:
            raise SandboxError(f"the sandbox's fork-server did not start: {answer['error']}")
        self._control.settimeout(ANSWER_S)
        return answer["landlock"]

    def fork(self, message: bytes) -> tuple[int, socket.socket, bytes]:
        """A new child: its number, our end of its channel, and what is still to be sent on it."""
        along = message if len(message) <= ALONG_BYTES else b""
        ours, theirs = socket.socketpair()
        cputime.ask_for_sender(ours)
        with theirs, self._lock:
            self._next += 1
            number = self._next
            try:
                request = REQUEST.pack(b"F", number) + along
                socket.send_fds(self._control, [request], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise SandboxError(f"the sandbox's fork-server is gone: {error}") from None
        return number, ours, message[len(along) :]

    def end(self, number: int, *, wait: bool = False) -> Ended:
        """Kill a child, or wait a moment for it to end by itself, and say how it ended."""
        with self._lock:
            try:
                self._control.send(REQUEST.pack(b"W" if wait else b"K", number))
                return self._ended(number)
            except (OSError, struct.error) as error:
                raise SandboxError(f"the sandbox's fork-server is gone: {error}") from None

    def _ended(self, number: int) -> Ended:
        while True:
            report = REPORT.unpack(self._control.recv(REPORT.size))
            if report[0] == number:  # another one is of a child that an interrupt left
                break
        _, status, killed, cpu_s, peak_bytes = report
        if status == NO_SUCH_CHILD:
            return Ended(0, False, 0, 0.0, 0)
        by_signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        exit_code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
        return Ended(by_signal, killed, exit_code, cpu_s, peak_bytes)

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the server and with it every child; waits until they are gone."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._own:
            shutil.rmtree(self._own, ignore_errors=True)


def _programs_folder() -> str:
    """Where programs are laid out when the server has no root of its own."""
    folder = tempfile.mkdtemp(prefix="successor-sandbox-")
    if os.geteuid() == 0 and open_to_nobody(readable()):
        os.chown(folder, NOBODY, NOBODY)
    return folder
