"""Keeping what a long step has reached: now and then, and when the run is ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from successor.errors import Halt
from successor.types import Draw, Workspace

SAVE_EVERY_S = 10.0


@dataclass
class Saving:
    """Tells how far a step is, and keeps its state: a kill costs some seconds, a halt nothing."""

    workspace: Workspace
    state: Callable[[], bytes]
    """What there is to keep, whenever `told` is called."""
    _kept: float = field(default_factory=time.monotonic)

    def told(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        """As `Workspace.progress`.

        Raises:
            Halt: when a base case ends the run; the state is kept first.
        """
        try:
            self.workspace.progress(stage, done, total, **figures)
        except Halt:
            self.workspace.checkpoint(self.state())
            raise
        if time.monotonic() - self._kept > SAVE_EVERY_S:
            self.workspace.checkpoint(self.state())
            self._kept = time.monotonic()


class Confirming:
    """The scores of a confirmation, batch by batch; one that was ended goes on behind them."""

    def __init__(self, draw: Draw, workspace: Workspace) -> None:
        self._draw = draw
        self._total = sum(items for _, items in draw.counts)
        self._known = self._resumed(workspace.resume())
        self._scores: list[float] = []
        self._saving = Saving(workspace, self._state)

    def known(self, items: int) -> list[float] | None:
        """The scores of the next items, where they were given before."""
        begin = len(self._scores)
        found = self._known[begin : begin + items]
        return found if len(found) == items else None

    def take(self, size: float, scores: list[float]) -> None:
        """Take in the scores of the next items, of one size; raises Halt as `Saving.told`."""
        self._scores += scores
        self._saving.told("confirming", len(self._scores), self._total, size=size)

    def _state(self) -> bytes:
        return json.dumps({"draw": self._asked, "scores": self._scores}).encode()

    def _resumed(self, saved: bytes | None) -> list[float]:
        with suppress(ValueError):  # it is of the same step, but may be of another release
            told = json.loads(saved or b"{}")
            if told.get("draw") == self._asked:
                return [float(each) for each in told["scores"]]
        return []

    @property
    def _asked(self) -> list[object]:
        return [self._draw.seed, [list(each) for each in self._draw.counts]]
