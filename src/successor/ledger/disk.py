"""Writing to a disk that may be full or lose power, and the lock that keeps writers apart."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from weakref import WeakSet

from successor.errors import RecordError, SuccessorError, UsageError
from successor.files import sync_folder, write_atomically

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NEARLY_FULL_BYTES = 256 * 1024
RECORD_FILE = "record.sqlite"
LOCK_PATIENCE_S = 1.0
"""A reader holds the lock for as long as it copies the record: a writer waits that out."""


@contextmanager
def explain_disk(folder: Path) -> Generator[None]:
    """Say what to do when the disk refuses; many errors mean that it is full.

    Raises:
        RecordError: when SQLite finds the file of the record damaged.
        SuccessorError: when the disk is full, or the folder cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise _full(folder) from error
        raise SuccessorError(f"{error.filename or folder}: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        name = error.sqlite_errorname
        if name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and _nearly_full(folder)):
            raise _full(folder) from error
        if name == "SQLITE_ERROR":  # our statements are right, so the tables are not ours
            raise RecordError(f"{RECORD_FILE} is damaged: {_line(error)}") from error
        raise SuccessorError(f"{folder}: the record cannot be used: {_line(error)}") from error
    except UnicodeDecodeError as error:  # SQLite puts damaged text into what it says
        raise RecordError(f"{RECORD_FILE} is damaged") from error
    except sqlite3.DatabaseError as error:
        raise RecordError(f"{RECORD_FILE} is damaged: {_line(error)}") from error


def _line(error: sqlite3.Error) -> str:
    return " ".join(str(error).split())  # SQLite quotes what it cannot read over several lines


@contextmanager
def naming_record(folder: Path) -> Generator[None]:
    """Say of an error of a record whose record it is, and the way out.

    Args:
        folder: `<lab>/.successor`.
    """
    try:
        yield
    except RecordError as error:
        raise not_verified(folder, str(error)) from error.__cause__  # or it is told twice


def not_verified(folder: Path, problem: str) -> RecordError:
    """The error of a record that has that problem, in one line."""
    lab = folder.parent
    return RecordError(
        f"{lab}: the record does not verify: {problem}. Keep {folder} as it is and "
        f"go on from a copy that verifies; to begin anew instead: successor improve {lab} --fresh"
    )


def require_room(folder: Path, size: int) -> None:
    """Make sure that `size` bytes can be written to a folder; nothing stays there.

    Raises:
        SuccessorError: when they cannot.
    """
    trial = folder / f".room-{os.getpid()}"
    with explain_disk(folder):
        try:
            # Random, as some file systems keep zeros without taking room.
            write_atomically(trial, os.urandom(size), trial)
            trial.unlink()
        except OSError as error:
            error.filename = str(folder)  # nobody has to know what was tried there
            raise


def make_folder(folder: Path) -> None:
    """Create a folder in an existing one, to last."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def bytes_in(folder: Path) -> int:
    """What the files take that lie in a folder itself."""
    total = 0
    with os.scandir(folder) as found:
        for each in found:
            with suppress(FileNotFoundError):  # whoever writes one puts another in its place
                if each.is_file(follow_symlinks=False):
                    total += each.stat(follow_symlinks=False).st_size
    return total


class WriterLock:
    """The right to write to a record; the system takes it back when the process ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            UsageError: when another process has it.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if not _locked(self._descriptor, fcntl.LOCK_EX, LOCK_PATIENCE_S):
            holder = os.read(self._descriptor, 32).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise UsageError(
                f"{path.parent} is in use by process {holder or 'unknown'}: "
                "wait for it or stop it, then run the same command again"
            )
        _held.add(self)
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


_held: WeakSet[WriterLock] = WeakSet()


def _release_in_child() -> None:
    """A forked worker that outlives a killed run must not keep its lock."""
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_release_in_child)


@contextmanager
def reader_lock(path: Path) -> Generator[bool]:
    """Keep writers out for a moment; yields False when one is at work. Changes no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield True
        return
    try:
        yield _locked(descriptor, fcntl.LOCK_SH, patience_s=0.0)
    finally:
        os.close(descriptor)


def writers(path: Path) -> set[int]:
    """The other processes of this user that hold the lock of a writer: as the kernel says it, for
    anybody may write a number into the file. Empty where there is no /proc that tells.
    """
    try:
        lock = path.stat()
        processes = [each for each in Path("/proc").iterdir() if each.name.isdigit()]
    except OSError:
        return set()
    others = (each for each in processes if int(each.name) != os.getpid())
    return {int(each.name) for each in others if _writes(each, lock)}


def _writes(process: Path, lock: os.stat_result) -> bool:
    with suppress(OSError):  # it ended meanwhile, or is somebody else's
        if process.stat().st_uid != os.getuid():
            return False
        for each in (process / "fd").iterdir():
            with suppress(OSError):  # it was closed meanwhile
                if os.path.samestat(each.stat(), lock):
                    told = (process / "fdinfo" / each.name).read_text("ascii")
                    held = (line for line in told.splitlines() if line.startswith("lock:"))
                    if any({"FLOCK", "WRITE"} <= {*line.split()} for line in held):
                        return True
    return False


def _locked(descriptor: int, kind: int, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def _nearly_full(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < NEARLY_FULL_BYTES


def _full(folder: Path) -> SuccessorError:
    return SuccessorError(
        f"The disk is full: {folder} cannot be written, and nothing on record is lost. "
        "Free space and run the same command again."
    )
