"""What a step may touch: the objects, its own checkpoint, a line of progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from successor.errors import Halt, SuccessorError
from successor.ledger.checkpoints import Checkpoint
from successor.ledger.events import Progress
from successor.ledger.objects import ObjectStore
from successor.types import Digest, Stop


@dataclass(frozen=True)
class StepWorkspace:
    """The workspace of one step; implements `successor.types.Workspace`."""

    _objects: ObjectStore
    _checkpoint: Checkpoint
    _tell: Callable[[Progress], None]
    _halt: Callable[[], Stop | None]
    _full: Callable[[], Stop | None]
    barred: frozenset[Digest] = frozenset()
    """Objects that may not be read here."""
    _full_since: list[Stop] = field(default_factory=list[Stop])
    """That there is no more room: whoever goes on all the same writes nothing."""

    def read(self, digest: Digest) -> bytes:
        """An object. Raises SuccessorError when it may not be read."""
        if digest in self.barred:
            raise SuccessorError(
                f"object {digest} is of a quarantined or revoked version: nobody builds on it"
            )
        return self._objects.read(digest)

    def write(self, data: bytes) -> Digest:
        """Store an object; raises Halt when the record is then larger than it may be."""
        self._require_room()
        digest = self._objects.write(data)
        self._weigh()
        return digest

    def checkpoint(self, state: bytes) -> None:
        """Replace the checkpoint; raises Halt as `write`."""
        self._require_room()
        self._checkpoint.write(state)
        self._weigh()

    def resume(self) -> bytes | None:
        return self._checkpoint.read()

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        """Tell the listeners; raises Halt when a base case or a person ends the run."""
        self._tell(Progress(stage, done, total, figures))
        self._heed(self._halt())

    def _weigh(self) -> None:
        if (stop := self._full()) is not None:
            self._full_since.append(stop)
            self._require_room()

    def _require_room(self) -> None:
        self._heed(next(iter(self._full_since), None))

    @staticmethod
    def _heed(stop: Stop | None) -> None:
        if stop is not None:
            raise Halt(stop)
