"""A run that is begun from the seat: `successor improve` in a process of its own, as at a terminal.
It goes on when the seat ends.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, Literal, TypeAlias

from successor.errors import EXIT_NEEDS_HUMAN, UsageError
from successor.ledger.disk import reader_lock

PATIENCE_S = 30.0
"""Until a run has to hold the record, or to have said why it does not."""
Begun: TypeAlias = Literal["at work", "over", "starting"]
LONGEST = 400
"""Signs of what it says."""


def start(folder: Path, record: Path) -> Begun:
    """Improve the lab, by its own settings and within its own budgets; how far the run is.

    Raises:
        UsageError: when one is at work already, or this one does not begin; it says why.
    """
    if _at_work(record):
        raise UsageError("a run is at work already")
    # -P: no file in the folder where the seat was started poses as a part of Python.
    command = [sys.executable, "-P", "-m", "successor", "improve", str(folder), "--quiet"]
    with TemporaryFile() as said:
        run = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        Thread(target=run.wait, daemon=True).start()  # nobody leaves it unreaped
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            code = run.poll()
            if code is None and _at_work(record):
                return "at work"
            if code in (0, EXIT_NEEDS_HUMAN):
                return "over"
            if code is not None:
                raise UsageError(_last_words(said) or f"the run ended with {code}")
            time.sleep(0.05)
    return "starting"


def _at_work(record: Path) -> bool:
    with reader_lock(record / "lock") as at_rest:
        return not at_rest


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read(LONGEST).decode(errors="replace").removeprefix("successor: ").strip()
