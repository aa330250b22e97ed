"""Children that run the climbing lab, and how to kill them: at an instant, or inside a write."""

from __future__ import annotations

import gc
import os
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from ledger.climber import climb
from successor.ledger.store import EventStore, Row

OUT_OF_PATIENCE_S = 60.0


def start(folder: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """A child that runs the lab to its end; forked, so that it begins at once."""
    with warnings.catch_warnings():
        # The threads that fork is warned of are those of the matrix library, at rest.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    try:
        gc.disable()
        prepare()
        climb(folder)
        os._exit(0)
    finally:
        os._exit(1)


def finished(child: int) -> bool:
    """Wait for the child: whether it came to its end, or was killed.

    A child that fails or hangs fails the test.
    """
    deadline = time.monotonic() + OUT_OF_PATIENCE_S
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed"
            return os.WIFEXITED(status)
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError("the child hangs")


def killed_after(folder: Path, delay_s: float) -> bool:
    """Run the lab and kill it after a delay; whether it was too late for that."""
    child = start(folder)
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    return finished(child)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Fuse:
    """Kills its process at the n-th act of writing: before it, halfway through, or after it."""

    def __init__(self, acts: int, moment: str) -> None:
        self._left = acts
        self._moment = moment

    def install(self) -> None:
        """Put the fuse into every act of writing of this process, which is a child."""
        os.write = self._halfway(os.write)  # pyright: ignore[reportAttributeAccessIssue] - narrower
        os.fsync = self._around(os.fsync)
        os.replace = self._around(os.replace)
        append = EventStore.append
        fuse = self

        def fused(store: EventStore, row: Row) -> None:
            if fuse._burns():
                if fuse._moment == "before":
                    die()
                if fuse._moment == "halfway":
                    # Inside the transaction, between two instructions of SQLite.
                    store._connection.set_progress_handler(die, 12)
                append(store, row)
                die()
            append(store, row)

        EventStore.append = fused  # pyright: ignore[reportAttributeAccessIssue] - the fuse

    def _burns(self) -> bool:
        self._left -= 1
        return self._left == 0

    def _around(self, act: Callable[..., None]) -> Callable[..., None]:
        def fused(*args: object, **keywords: object) -> None:
            burns = self._burns()
            if burns and self._moment == "before":
                die()
            act(*args, **keywords)
            if burns:
                die()

        return fused

    def _halfway(self, write: Callable[[int, memoryview], int]) -> Callable[..., int]:
        def fused(descriptor: int, data: memoryview) -> int:
            burns = self._burns()
            if burns and self._moment == "before":
                die()
            if burns and self._moment == "halfway":
                write(descriptor, data[: len(data) // 2])
                die()
            written = write(descriptor, data)
            if burns:
                die()
            return written

        return fused
