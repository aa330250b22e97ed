"""The CPU time of a child, read from outside: the kernel's own clock of one process.

Wall time on a busy machine says more about the others on it than about the program; this clock
stands still while they run. It counts every thread of the process, in user and kernel mode, and
nothing of the processes that it starts: it is asked only where a child can start none.
"""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass
from typing import final

CREDENTIALS = struct.Struct("3i")  # struct ucred: process, user, group
SCHEDULED = 2  # CPUCLOCK_SCHED: the scheduler's count in nanoseconds, not ticks


@final
class Clock:
    """The CPU clock of a process; `process` is its number here, 0 when it has none."""

    def __init__(self, process: int) -> None:
        self._clock = (~process << 3) | SCHEDULED if process > 0 else 0

    def read(self) -> float | None:
        """Seconds since it was forked; None when it cannot be told.

        The number of a process is its own until it is reaped, also when it has ended: read
        before the fork-server is told to reap it.
        """
        if not self._clock:
            return None
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return None


def ask_for_sender(receiving: socket.socket) -> None:
    """Have the kernel say with all that comes who sent it; to be called before it is sent."""
    receiving.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def sender(told: list[tuple[int, int, bytes]]) -> int:
    """The process, by its number here, that the kernel says sent a message; 0 when it does not."""
    for level, kind, data in told:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            return CREDENTIALS.unpack(data[: CREDENTIALS.size])[0]
    return 0


@dataclass(frozen=True)
class Spent:
    """What a program spent between two instants."""

    seconds: float = 0.0
    cpu_s: float = 0.0


@final
class Meter:
    """What a child spends from one instant to the next; CPU time is wall time until `follow`."""

    def __init__(self) -> None:
        self._clock = Clock(0)
        self._seconds, self._cpu_s = time.perf_counter(), 0.0

    def follow(self, process: int) -> None:
        """Take CPU time from the clock of this process; 0: it has none that is known."""
        self._clock = Clock(process)

    def begin(self) -> None:
        """Time on the clock counts from here; CPU time from where it was last read."""
        self._seconds = time.perf_counter()

    def lap(self) -> Spent:
        """What was spent since the last time."""
        used, now = self._clock.read(), time.perf_counter()
        seconds, self._seconds = now - self._seconds, now
        if used is None:
            return Spent(seconds, seconds)
        cpu_s, self._cpu_s = used - self._cpu_s, used
        return Spent(seconds, cpu_s)
