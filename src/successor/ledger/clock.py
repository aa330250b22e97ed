"""Working time, folded from the events: the time between sessions, and before what people do
between the steps, was nobody's work.
"""

from __future__ import annotations

from dataclasses import dataclass

from successor.ledger.events import BETWEEN, Entry, Event, SessionStarted
from successor.ledger.usage import WALL


@dataclass
class WorkClock:
    """Adds up what the sessions of a record have worked, in seconds."""

    _over_s: float = 0.0
    """Of the sessions before the last."""
    _first: float | None = None
    """When the last session began, in seconds since 1970; None before the first."""
    _last: float = 0.0
    """When it last showed work."""

    def take(self, entry: Entry[Event]) -> float:
        """Take in the next entry.

        Returns:
            Working seconds since the one before. As a session begins, what one that was killed had
            worked beyond its last event.
        """
        before_s = self.spent_s()
        if isinstance(entry.event, SessionStarted) or self._first is None:
            self._over_s = self.spent_s(seen_s=entry.used.get(WALL, 0.0))
            self._first = self._last = entry.time
        elif not isinstance(entry.event, BETWEEN):
            self._last = max(self._last, entry.time)
        return self.spent_s() - before_s

    def spent_s(self, now: float | None = None, seen_s: float = 0.0) -> float:
        """Seconds over all sessions.

        Args:
            now: seconds since 1970, when the last session still goes on; else it counts until its
                last event.
            seen_s: how long that session was seen to work, after which it may have been killed.
        """
        if self._first is None:
            return seen_s
        last = self._last if now is None else now
        return self._over_s + max(0.0, last - self._first, seen_s)
