"""The object store: any bytes, under the SHA-256 of what they are."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from itertools import count
from pathlib import Path

from successor.errors import RecordError, SuccessorError
from successor.files import write_atomically
from successor.ledger.disk import explain_disk, make_folder, naming_record
from successor.types import Digest

_DIGEST = re.compile(r"[0-9a-f]{64}")
_numbers = count()


class ObjectStore:
    """Objects in `objects/ab/cdef...`; an object that is there is there whole, and for good."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        """Use the store in `folder`; `temporary` is a folder on the same file system."""
        self._folder = folder
        self._temporary = temporary
        self.fresh: set[Digest] = set()
        """Objects that were asked to be stored, less those that whoever reads this has taken."""

    def write(self, data: bytes) -> Digest:
        """Store data and return its name; nothing happens when the store has it.

        Raises:
            SuccessorError: when the disk is full.
        """
        digest = sha256(data).hexdigest()
        target = self._path(digest)
        if _is(target, data):
            self.fresh.add(digest)
            return digest
        before = self.size_bytes
        with explain_disk(self._folder):
            make_folder(target.parent)
            temporary = self._temporary / f"incoming-{os.getpid()}-{next(_numbers)}"
            write_atomically(target, data, temporary)
        self.size_bytes = before + len(data)
        self.fresh.add(digest)
        return digest

    def read(self, digest: Digest) -> bytes:
        """The object of that name.

        Raises:
            RecordError: as `content`; the text names the lab and the way out.
        """
        with naming_record(self._folder.parent):
            return self.content(digest)

    def content(self, digest: Digest) -> bytes:
        """The object of that name, for a caller who names the record.

        Raises:
            RecordError: when it is missing, or is no longer what its name says.
        """
        try:
            data = _regular(self._path(digest))
        except FileNotFoundError:
            raise RecordError(f"object {digest} is missing") from None
        except PermissionError as error:  # which says nothing about what is in it
            raise SuccessorError(f"{self._path(digest)}: {error.strerror}") from error
        except OSError as error:
            raise RecordError(f"object {digest} cannot be read: {error.strerror}") from error
        if sha256(data).hexdigest() != digest:
            raise RecordError(f"object {digest} is damaged: its content has another digest")
        return data

    @cached_property
    def size_bytes(self) -> int:
        """What all of them take."""
        return sum(path.stat().st_size for path in self._folder.glob("*/*"))

    def __iter__(self) -> Iterator[Digest]:
        """The names of all objects, in no order."""
        for path in self._folder.glob("*/*"):
            if _DIGEST.fullmatch(digest := path.parent.name + path.name):
                yield digest

    def __contains__(self, digest: Digest) -> bool:
        return self._path(digest).is_file()

    def _path(self, digest: Digest) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise RecordError(f"object {digest[:80]!r}: no digest has that form")
        return self._folder / digest[:2] / digest[2:]


def require_beginning(folder: Path) -> None:
    """Make sure that a record without events never had any.

    Args:
        folder: `<lab>/.successor`.

    Raises:
        RecordError: when the store has objects: no object is written before the first event.
    """
    if any((folder / "objects").glob("*/*")):
        raise RecordError("no event is on record, though the store has objects: they are lost")


def _regular(path: Path) -> bytes:
    """The content of a regular file; whatever else has that name could block or never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return file.read()


def _is(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False
