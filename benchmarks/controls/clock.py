"""Processor time as the budget of an arm: what else the machine does then matters little."""

from __future__ import annotations

import time
from pathlib import Path

from successor.types import Stop

KEEP_EVERY_S = 2.0


class Stopwatch:
    """Seconds of processor time over all processes that worked on the same arm, in turn.

    Args:
        path: where they are kept; a killed process loses at most those since the last keeping.
        limit_s: from which on `stop` says so.
    """

    def __init__(self, path: Path, limit_s: float) -> None:
        self._path = path
        self._limit_s = limit_s
        self._before_s = float(path.read_text("utf-8")) if path.exists() else 0.0
        self._began_s = self._kept_s = time.process_time()

    def spent_s(self) -> float:
        """So far."""
        return self._before_s + time.process_time() - self._began_s

    def stop(self) -> Stop | None:
        """The base case, once it is met; asked at every progress report."""
        if time.process_time() - self._kept_s > KEEP_EVERY_S:
            self.keep()
        spent = self.spent_s()
        told = f"worked {spent:,.0f} s of processor time"
        return Stop("processor_time", told) if spent >= self._limit_s else None

    def keep(self) -> None:
        """Write it down."""
        draft = self._path.with_suffix(".tmp")
        draft.write_text(repr(self.spent_s()), encoding="utf-8")
        draft.replace(self._path)
        self._kept_s = time.process_time()
