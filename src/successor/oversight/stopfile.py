"""What asks a lab to stop: the file STOP in its folder, by whoever put it there.

A watcher that acted on a request keeps it in the record's folder, so that to take STOP away
takes nothing back. Both stay there until a person lifts the pause.
"""

from __future__ import annotations

import json
import os
import stat
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from successor.errors import PausedError, SuccessorError, UsageError
from successor.files import write_atomically
from successor.ledger import Ledger, Paused, Trigger, as_text

NAME = "STOP"
UNKNOWN = "unknown"
SAID_NOTHING = "not said"
MOST_BYTES, MOST_CHARACTERS = 4096, 500
_SEEN, _ALIVE = "stop", "alive"


def asked(record: Path) -> Paused | None:
    """The request to stop that nobody has lifted; None when there is none.

    Args:
        record: `<lab>/.successor`.
    """
    for path in (record.parent / NAME, record / _SEEN):
        if os.path.lexists(path):  # whatever it is, also a link that leads nowhere
            return _read(path)
    return None


def ask(record: Path, pause: Paused) -> None:
    """Put STOP in the lab's folder."""
    path = record.parent / NAME
    temporary = path.with_name(f".{NAME}-{os.getpid()}")
    write_atomically(path, json.dumps(asdict(pause)).encode(), temporary)


def keep(record: Path, pause: Paused) -> None:
    """Keep a request that was acted on, until it is lifted, also where nothing is on record yet."""
    record.mkdir(exist_ok=True)
    data = json.dumps(asdict(pause)).encode()
    write_atomically(record / _SEEN, data, record / f"{_SEEN}-{os.getpid()}")


def forget(record: Path) -> None:
    """Take away what asks the lab to stop.

    Raises:
        UsageError: when STOP is a folder with something in it.
    """
    for path in (record.parent / NAME, record / _SEEN):
        try:
            path.unlink(missing_ok=True)
        except IsADirectoryError:
            try:
                path.rmdir()
            except OSError as error:
                raise UsageError(f"{path}: remove it first: {error.strerror}") from None


def settle(ledger: Ledger, seen: Paused | None = None) -> None:
    """Put on record what people did to the lab's files: a stop, a sign of life.

    Args:
        seen: a stop that was acted on already, whatever became of the files.
    """
    if (sign := life(ledger.folder)) is not None:
        ledger.alive(*sign)
    if (pause := seen or asked(ledger.folder)) is not None:
        ledger.pause_for(pause)


def require_going(record: Path) -> None:
    """Raises PausedError when the lab is paused."""
    paused, how = asked(record) is not None, f"successor resume {record.parent} --reason TEXT"
    with suppress(SuccessorError), Ledger.read(record) as ledger:  # what is damaged says nothing
        paused, how = paused or ledger.pause() is not None, ledger.lifted_by
    if paused:
        raise PausedError(f"{record.parent} is paused: lift that first: {how}")


def show_life(record: Path, by: str) -> None:
    """Leave a sign of life where a run that is under way finds it."""
    data = json.dumps({"by": by, "time": time.time()}).encode()
    write_atomically(record / _ALIVE, data, record / f"{_ALIVE}-{os.getpid()}")


def life(record: Path) -> tuple[str, float] | None:
    """Who left the last sign of life, and when; one of a time to come is none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        told: Any = json.loads(_text(record / _ALIVE))
        by, moment = _said(told["by"]), float(told["time"])
        if moment <= time.time():
            return by, moment
    return None


def _read(path: Path) -> Paused:
    text = _text(path)
    with suppress(ValueError, AttributeError):
        told = json.loads(text)
        trigger: Trigger = told.get("trigger")
        return Paused(
            trigger if trigger in get_args(Trigger) else "file",
            _said(told.get("reason")) or SAID_NOTHING,
            _said(told.get("condition")),
            _said(told.get("by")) or UNKNOWN,
        )
    return Paused("file", _said(text) or SAID_NOTHING, "", UNKNOWN)


def _said(value: object) -> str:
    """In one line, and as the record can hold it: whatever somebody wrote, the lab is paused."""
    return as_text(" ".join(str(value or "").split())[:MOST_CHARACTERS])


def _text(path: Path) -> str:
    """How a regular file begins; of anything else nothing, and without waiting for it."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return os.read(descriptor, MOST_BYTES).decode(errors="replace")
        finally:
            os.close(descriptor)
    return ""
