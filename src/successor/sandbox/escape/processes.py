"""What is left of an attack on this machine: processes below this one, and open descriptors."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections import defaultdict
from collections.abc import Collection, Generator
from pathlib import Path

from successor.sandbox import linux

SETTLE_S = 1.0
"""How long a process that is being ended may take to vanish."""
PR_SET_CHILD_SUBREAPER = 36


@contextlib.contextmanager
def adopting_orphans() -> Generator[None]:
    """Become the parent of what is left by processes below this one, so that it is seen; at the
    end, end what is left.
    """
    before = below()
    linux.prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        end(left_over(before))
        linux.prctl(PR_SET_CHILD_SUBREAPER, 0)


def below(root: int = 0) -> set[int]:
    """All processes below this one, or another; those that wait to be collected included."""
    children = defaultdict[int, list[int]](list)
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (parent := _parent(entry.name)):
            children[parent].append(int(entry.name))
    found, unseen = set[int](), [root or os.getpid()]
    while unseen:
        more = children[unseen.pop()]
        found.update(more)
        unseen.extend(more)
    return found


def _parent(number: str) -> int:
    """The parent of a process; 0 when it is not there any more."""
    try:
        return int(Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def left_over(before: Collection[int]) -> set[int]:
    """Processes below that were not there before and do not vanish within a moment."""
    deadline = time.monotonic() + SETTLE_S
    while left := below() - set(before):
        collect(left)
        if time.monotonic() > deadline:
            break
        time.sleep(0.01)
    return left


def collect(numbers: Collection[int]) -> None:
    """Let go of adopted ones that have ended."""
    for number in numbers:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(number, os.WNOHANG)


def end(numbers: Collection[int]) -> None:
    """Kill these processes."""
    for number in numbers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    collect(numbers)


def open_descriptors() -> int:
    """How many descriptors this process holds."""
    return len(os.listdir("/proc/self/fd")) - 1  # noqa: PTH208 - one is the listing's own
