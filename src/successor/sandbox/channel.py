"""The asker's end of a child's channel: strict about what comes, and never waits too long."""

from __future__ import annotations

import math
import select
import socket
import time
from typing import final

from successor.sandbox import cputime, frames
from successor.sandbox.answers import Status

CHUNK_BYTES, LARGE_BYTES = 1 << 14, 1 << 20
"""What is received at once: a large buffer is mapped and unmapped each time."""
WHO_BYTES = socket.CMSG_SPACE(cputime.CREDENTIALS.size)


class BrokenOffError(Exception):
    """The request ended early; the status says how, the text what happened."""

    def __init__(self, status: Status, detail: str) -> None:
        super().__init__(detail)
        self.status: Status = status
        self.detail = detail


class GoneError(Exception):
    """The child closed its channel."""


@final
class Channel:
    """Messages to and from one child."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._unread = bytearray()
        self._coming = select.poll()
        self._coming.register(connected, select.POLLIN)

    def send(self, data: bytes, deadline: float) -> None:
        """Send all of it.

        Raises:
            BrokenOffError: when the child does not read it before the deadline.
            GoneError: when it is not there any more.
        """
        try:
            sent = self._sent(data)
            if sent < len(data):
                self._send_slowly(memoryview(data)[sent:], deadline)
        except TimeoutError:
            raise BrokenOffError("timeout", "it did not read its inputs in time") from None
        except OSError:
            raise GoneError from None

    def receive(self, deadline: float, longest: int) -> tuple[bytes, bytes]:
        """The kind and content of the next message.

        Raises:
            BrokenOffError: when it is longer than `longest` bytes or late.
            GoneError: when the child is not there any more.
        """
        head = frames.HEADER.size
        self._fill(head, deadline)
        kind, length = frames.HEADER.unpack_from(self._unread)
        if length > longest:
            raise BrokenOffError("output", f"its answer is longer than {longest:,} bytes")
        self._fill(head + length, deadline)
        content = bytes(self._unread[head : head + length])
        del self._unread[: head + length]
        return kind, content

    def receive_from(self, deadline: float, longest: int) -> tuple[bytes, bytes, int]:
        """The first message, and the number here of the process that sent it, 0 when unknown.

        Raises:
            BrokenOffError: when it is longer than `longest` bytes or late.
            GoneError: when nobody is there any more.
        """
        try:
            self._wait(self._coming, deadline)
            data, told, _, _ = self._socket.recvmsg(CHUNK_BYTES, WHO_BYTES)
        except TimeoutError:
            raise BrokenOffError("timeout", "it did not answer in time") from None
        except OSError:
            raise GoneError from None
        self._unread += data
        return *self.receive(deadline, longest), cputime.sender(told)

    def check_quiet(self) -> None:
        """Nothing may have been sent that was not asked for.

        Raises:
            BrokenOffError: when there is something to read.
        """
        try:
            if self._unread or self._socket.recv(1):
                raise BrokenOffError("forged", "it sent more than was asked for")
        except OSError:
            return

    def check_closed(self, deadline: float) -> None:
        """The child has nothing more to say and closes its end.

        Raises:
            BrokenOffError: when it sends something instead, or keeps the channel open.
        """
        try:
            self._wait(self._coming, deadline)
            if self._unread or self._socket.recv(1):
                raise BrokenOffError("forged", "it sent more than was asked for")
        except TimeoutError:
            raise BrokenOffError("forged", "it went on after its answer") from None
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()

    def _sent(self, data: bytes | memoryview) -> int:
        """How much of it could be sent at once."""
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0

    def _send_slowly(self, rest: memoryview, deadline: float) -> None:
        free = select.poll()
        free.register(self._socket, select.POLLOUT)
        while rest:
            self._wait(free, deadline)
            rest = rest[self._sent(rest) :]

    def _fill(self, count: int, deadline: float) -> None:
        while (missing := count - len(self._unread)) > 0:
            try:
                self._wait(self._coming, deadline)
                data = self._socket.recv(LARGE_BYTES if missing > CHUNK_BYTES else CHUNK_BYTES)
            except TimeoutError:
                raise BrokenOffError("timeout", "it did not answer in time") from None
            except OSError:
                raise GoneError from None
            if not data:
                raise GoneError
            self._unread += data

    def _wait(self, ready: select.poll, deadline: float) -> None:
        rest = deadline - time.monotonic()
        if rest <= 0 or not ready.poll(math.ceil(rest * 1e3)):
            raise TimeoutError
