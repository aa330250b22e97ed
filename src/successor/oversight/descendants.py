"""The processes that come of this one, and how they are ended, all of them."""

from __future__ import annotations

import os
import platform
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

PR_SET_CHILD_SUBREAPER = 36
KILLING_S = 0.3
"""For so long a process that does not die is killed again."""
LOOKS = 5
"""At the CPU time of processes that come and go, at most so often for one figure."""
_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


class Process(NamedTuple):
    """A process; the time at which it started tells it from another of that number."""

    number: int
    started: int


class _Stat(NamedTuple):
    process: Process
    parent: int
    state: str
    cpu_s: float
    """Its own, and of what it started and waited for."""

    @property
    def alive(self) -> bool:
        return self.state not in "ZX"


def descendants(of: int | None = None) -> set[Process]:
    """All that come of a process, of this one if none is named, and are alive; empty where there
    is no /proc.
    """
    return {each.process for each in _below(os.getpid() if of is None else of) if each.alive}


def is_alive(process: Process) -> bool:
    """Whether it has not ended; one that nobody has waited for yet has."""
    found = _stat(process.number)
    return found is not None and found.process == process and found.alive


def process_of(number: int) -> Process | None:
    """The process that has this number now, unless it has ended."""
    found = _stat(number)
    return found.process if found is not None and found.alive else None


def cpu_s() -> float:
    """The CPU time of all that comes of this process and was not waited for yet; what it started
    and waited for is in each. A zombie counts as well.

    When one ends in the middle of a look, its time may be seen at neither place: looked again.
    """
    found = _below(os.getpid())
    for _ in range(LOOKS if found else 0):
        before, found = found, _below(os.getpid())
        if {each.process for each in before} == {each.process for each in found}:
            break
    return sum(each.cpu_s for each in found)


def _below(process: int) -> list[_Stat]:
    children = defaultdict[int, list[_Stat]](list)
    for each in _all():
        children[each.parent].append(each)
    found, grown = list[_Stat](), [process]
    while grown:
        below = children[grown.pop()]
        grown += [child.process.number for child in below]
        found += below
    return found


def end_descendants(spared: Collection[Process] = (), of: int | None = None) -> None:
    """Kill all that come of a process, of this one if none is named, until none is left, or none
    that can be killed.
    """
    deadline = time.monotonic() + KILLING_S
    while left := descendants(of).difference(spared):
        for each in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(each.number, signal.SIGKILL)
        if time.monotonic() >= deadline:
            return
        time.sleep(0.002)


def end(process: Process) -> bool:
    """Kill another process and all that come of it; whether it is gone.

    It is held first, so that it begins no more, and keeps what its children leave behind. If this
    process comes of it as well, it is spared.
    """
    spared = [each for each in (process_of(os.getpid()),) if each is not None]
    try:
        if is_alive(process):
            os.kill(process.number, signal.SIGSTOP)
            end_descendants(spared, process.number)
            os.kill(process.number, signal.SIGKILL)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    deadline = time.monotonic() + KILLING_S
    while (left := is_alive(process)) and time.monotonic() < deadline:
        time.sleep(0.002)
    return not left


def barrenness() -> Callable[[], None]:
    """What makes this process begin no other any more, whatever its threads are in the middle of;
    made beforehand, for nothing may have to be imported then. It cannot be undone.

    Without it what is begun between the last look at all that is to be killed and the end of this
    process outlives both. Where the kernel has no such filter, it does nothing.
    """
    if sys.platform != "linux":
        return lambda: None
    from successor.sandbox import seccomp

    if not seccomp.supported():
        return lambda: None
    made = seccomp.Filter(seccomp.barren(platform.machine()))

    def install() -> None:
        with suppress(OSError):
            made.install_everywhere()

    return install


@contextmanager
def keeping_orphans() -> Generator[None]:
    """What loses its parent, as a daemon does, stays ours to be found."""
    if sys.platform != "linux":
        yield
        return
    from successor.sandbox import linux

    linux.prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        linux.prctl(PR_SET_CHILD_SUBREAPER, 0)


def bury_orphans() -> None:
    """Wait for what a sandbox left behind. It is known by its namespace: we start nothing there
    ourselves, so that nobody else waits for it.
    """
    for each in _all():
        if each.parent == os.getpid() and each.state == "Z" and _in_a_namespace(each.process):
            with suppress(ChildProcessError):
                os.waitpid(each.process.number, os.WNOHANG)


def _in_a_namespace(process: Process) -> bool:
    with suppress(OSError):
        for line in (_PROC / str(process.number) / "status").read_text("ascii").splitlines():
            if line.startswith("NSpid:"):
                return len(line.split()) > 2
    return False


def _all() -> list[_Stat]:
    names = list[str]()
    with suppress(OSError):
        names = os.listdir(_PROC)  # noqa: PTH208 - ten times a second
    found = (_stat(int(name)) for name in names if name.isdigit())
    return [each for each in found if each is not None]


def _stat(number: int) -> _Stat | None:
    """What is known of a process; None where there is none of that number."""
    try:
        told = (_PROC / str(number) / "stat").read_bytes()
    except OSError:
        return None
    # The name of a program, in brackets, may hold anything.
    words = told.rpartition(b")")[2].split()
    cpu_s = sum(map(int, words[11:15])) / _TICKS
    return _Stat(Process(number, int(words[19])), int(words[1]), words[0].decode(), cpu_s)
