"""Checkpoints: what a step has reached so far, so that a kill costs seconds and not hours."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from successor.files import write_atomically
from successor.ledger.disk import explain_disk

_MAGIC = b"successor checkpoint 1\n"


class Checkpoint:
    """The one checkpoint of one step. A torn or damaged one counts as none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, state: bytes) -> None:
        """Replace the checkpoint, atomically.

        Raises:
            SuccessorError: when the disk is full; the former checkpoint is still there.
        """
        temporary = self._path.with_name(f"incoming-{self._path.name}")
        with explain_disk(self._path.parent):
            header = _MAGIC + sha256(state).hexdigest().encode() + b"\n"
            write_atomically(self._path, header + state, temporary)

    def read(self) -> bytes | None:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        head = len(_MAGIC) + 65
        state = data[head:]
        intact = data[:head] == _MAGIC + sha256(state).hexdigest().encode() + b"\n"
        return state if intact else None

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)
