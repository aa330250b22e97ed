"""What a lab has used of its budgets: what was measured, and what drafts report beyond that."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from successor.ledger.codec import LARGEST_INTEGER
from successor.ledger.events import (
    Decided,
    Entry,
    Event,
    Examined,
    GenerationOpened,
    Judged,
    SessionStarted,
    Written,
)
from successor.spending import CALLS, TOKENS, USD
from successor.types import Digest, Figures

DISK, WALL = "disk_bytes", "wall_s"
MEASURED_AS: Mapping[str, str] = {"calls": CALLS, "tokens": TOKENS, "usd": USD, "cpu_s": "cpu_s"}
"""What is measured, too, of what drafts report."""
_FILE = "meter"
_STEPS = (GenerationOpened, Written, Examined, Judged, Decided)
"""With each of these another step begins."""


class Usage:
    """A fold over the entries. A killed session counts until it was last seen."""

    def __init__(self) -> None:
        self.reported: defaultdict[str, float] = defaultdict(float)
        """The numbers that drafts report, summed; a negative one makes up for nothing."""
        self._over: Mapping[str, float] = {}
        self._session: dict[str, float] = {}
        self._beyond: defaultdict[str, float] = defaultdict(float)
        self._before: tuple[Mapping[str, float], ...] = ()
        """What was measured when the step under way began: in sessions that were over, in its."""
        self._disk_bytes = 0.0

    def take(self, entry: Entry[Event]) -> None:
        """Take in the next entry."""
        for name, value in entry.used.items():
            if name == DISK:
                self._disk_bytes = value
            elif name != WALL:
                self._session[name] = max(value, self._session.get(name, 0.0))
        if isinstance(entry.event, SessionStarted):
            self._over = self._measured(self._session)
            self._session = {}
        if isinstance(entry.event, Written):
            self._report(entry.event.figures)
        if isinstance(entry.event, _STEPS):
            self._before = self._over, dict(self._session)

    def used(self, figure: str, session: Mapping[str, float] | None = None) -> float:
        """How much of something was used.

        Args:
            session: what the session under way has used by now; by its last event if not given.
        """
        now = self._session if session is None else session
        if figure == DISK:
            return now.get(DISK, self._disk_bytes)
        measured = self._measured(now).get(MEASURED_AS.get(figure, figure), 0.0)
        return bounded(measured + self._beyond[figure])

    def _measured(self, session: Mapping[str, float]) -> dict[str, float]:
        names = {*self._over, *session}
        return {name: self._over.get(name, 0.0) + session.get(name, 0.0) for name in names}

    def _report(self, figures: Figures) -> None:
        for name, value in figures.items():
            if isinstance(value, str):
                continue
            told, known = bounded(value), MEASURED_AS.get(name, "")
            now = self._over.get(known, 0.0) + self._session.get(known, 0.0)
            seen = now - sum(then.get(known, 0.0) for then in self._before)
            self.reported[name] = bounded(self.reported[name] + told)
            self._beyond[name] = bounded(self._beyond[name] + max(0.0, told - seen))


def bounded(value: float) -> float:
    """At least nothing, and no more than can be recorded."""
    return min(max(0.0, float(value)), float(LARGEST_INTEGER))


def keep(folder: Path, session: Digest, used: Mapping[str, float]) -> None:
    """Leave what a session has used where the next finds it, should this one be killed. It need not
    outlast a power cut: then heartbeats tell.
    """
    temporary = folder / f"{_FILE}-{os.getpid()}"
    temporary.write_text(json.dumps({"session": session, "used": dict(used)}), "utf-8")
    temporary.replace(folder / _FILE)


def left(folder: Path, session: Digest) -> dict[str, float]:
    """What that session had used when it was last seen; nothing when it left nothing."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        told: Any = json.loads((folder / _FILE).read_bytes())
        if told["session"] == session:
            return {str(name): bounded(value) for name, value in told["used"].items()}
    return {}
