"""Writing files that are there whole, or not at all, also after a power cut."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path


def write_atomically(
    target: Path, data: bytes, temporary: Path, like: os.stat_result | None = None
) -> None:
    """Put data at `target` so that after a power cut it is there whole, or not at all.

    Args:
        target: where it goes; its folder exists.
        data: what to write.
        temporary: a path on the same file system that nobody else uses.
        like: of a file whose mode it gets, and whose owner where that is allowed.
    """
    mode = 0o644 if like is None else 0o600
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        try:
            if like is not None:
                with suppress(PermissionError):
                    os.fchown(descriptor, like.st_uid, like.st_gid)
                os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        error.filename = error.filename or str(target)  # a full disk has no name of its own
        raise
    sync_folder(target.parent)


def read_regular(path: Path, most_bytes: int) -> bytes:
    """What is in a regular file. Whatever else has that name could block, or never end.

    Raises:
        OSError: when it cannot be read, is no regular file, or holds more than that.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        require_regular(descriptor, path)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            data = file.read(most_bytes + 1)
    finally:
        os.close(descriptor)
    if len(data) > most_bytes:
        raise OSError(errno.EFBIG, f"larger than {most_bytes // 1024:,} KiB", str(path))
    return data


def require_regular(descriptor: int, path: Path) -> None:
    """Raises OSError when what was opened is no regular file."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def what_is_there(path: Path) -> str:
    """What is in the place of a file that cannot be read, in a few words for people."""
    if path.is_dir():
        return "is a folder"
    if path.is_symlink():
        return "is no file" if path.exists() else "is a link that leads nowhere"
    return "is no file" if path.exists() else "no such file"
