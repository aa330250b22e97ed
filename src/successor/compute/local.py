"""Processes of this machine, each a fresh interpreter: none is forked from one that holds a record.

They end when the pipe to them closes, so also when this process dies in whatever way.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import final

from successor.compute.frames import packed, unpacked
from successor.compute.work import LostError, Read, Reply, Shelf, Work, Worker

TIDY_S, END_S = 1.0, 5.0


@final
class LocalWorker:
    """One process."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", "-m", "successor.compute.serve", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for this process, which ends it in good order
            )
        self.connection = Connection(ours.detach())
        self._shelf = Shelf()

    def up(self) -> bool:
        """It begins as soon as it has started."""
        return True

    def begin(self, work: Work, read: Read) -> None:
        """Send an item, and of what it needs what is not there."""
        needed = {digest: read(digest) for digest in work.needs}
        missing = {name: data for name, data in needed.items() if name not in self._shelf}
        sizes = {name: len(data) for name, data in needed.items()}
        told = {"task": work.task, "told": work.told, "sizes": sizes}
        try:
            self.connection.send_bytes(packed(told, missing))
        except OSError as error:
            raise LostError(str(error)) from error
        self._shelf.use(sizes.items())

    def reply(self) -> Reply:
        """What it sent back."""
        try:
            told, made = unpacked(self.connection.recv_bytes())
        except (EOFError, OSError) as error:
            raise LostError(f"it ended with {self._process.poll()}") from error
        return Reply(made=made, **told)

    def end(self) -> None:
        """End it: one that waits for an item ends by itself, and tidies up. Sandboxes end with the
        pipes to them.
        """
        self.connection.close()
        for last in (False, True):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_S if last else TIDY_S)
                return
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


@final
class LocalCrew:
    """So many processes."""

    afar = False

    def __init__(self, workers: int) -> None:
        self.size = workers
        self._hired = list[LocalWorker]()

    def hire(self) -> LocalWorker:
        """One more process."""
        self._hired.append(LocalWorker())
        return self._hired[-1]

    def ready(self, busy: Sequence[Worker], timeout_s: float) -> Sequence[Worker]:
        """Those with something to read, be it that they are gone."""
        meant = {w.connection: w for w in busy if isinstance(w, LocalWorker)}
        return [meant[each] for each in wait([*meant], timeout_s) if isinstance(each, Connection)]

    def close(self) -> None:
        """End all of them."""
        for worker in self._hired:
            worker.end()
        self._hired.clear()
