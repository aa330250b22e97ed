"""What a person picked while a run is at work: left where the run finds it, then on record."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from successor.errors import RecordError
from successor.files import write_atomically
from successor.ledger.codec import decode, encode
from successor.ledger.events import Directed
from successor.ledger.journal import Journal

FILE = "pick"
MOST_BYTES = 256 * 1024


def leave(folder: Path, picked: Directed) -> None:
    """Leave it for the next generation that begins; of two, the later one holds.

    Raises:
        SuccessorError: when it holds what cannot be kept.
    """
    write_atomically(folder / FILE, encode(picked, picked.at), folder / f"{FILE}-{os.getpid()}")


def left(folder: Path) -> Directed | None:
    """What was left and no run has found yet; None also of a file that says nothing, or speaks of a
    time to come.
    """
    with suppress(OSError, RecordError):
        descriptor = os.open(folder / FILE, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            found = decode(os.read(descriptor, MOST_BYTES) if regular else b"").event
        finally:
            os.close(descriptor)
        if isinstance(found, Directed) and found.at <= time.time():
            fits = found.chosen is None or 0 <= found.chosen < len(found.proposed)
            return found if fits else None
    return None


def take(journal: Journal, folder: Path) -> None:
    """Put what was left on record, before a generation begins; after a kill, not twice."""
    if (found := left(folder)) is not None and found != journal.history.directed:
        journal.append(found)
    forget(folder)


def forget(folder: Path) -> None:
    """Take away what was left."""
    with suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)
