"""The workspace of trials within an attempt that has a checkpoint of its own."""

from __future__ import annotations

from typing import Protocol

from successor.types import Workspace


class Saving(Protocol):
    """A checkpoint that holds that of the trials."""

    trials: bytes | None

    def dump(self) -> bytes: ...


class Desk:
    """The workspace of the trials: their checkpoint is a part of the whole one."""

    def __init__(self, workspace: Workspace, saved: Saving) -> None:
        self._workspace = workspace
        self._saved = saved
        self.read = workspace.read
        self.write = workspace.write
        self.progress = workspace.progress

    def checkpoint(self, state: bytes) -> None:
        """Replace the trials' checkpoint."""
        self._saved.trials = state
        self.save()

    def save(self) -> None:
        """Keep the whole over a kill."""
        self._workspace.checkpoint(self._saved.dump())

    def resume(self) -> bytes | None:
        """The trials' checkpoint."""
        return self._saved.trials
