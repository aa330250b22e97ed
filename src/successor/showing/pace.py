"""What a run is at, and how long it usually takes: folded from the events, of no other source."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from successor.ledger import (
    Decided,
    Entry,
    Event,
    Examined,
    GenerationOpened,
    Heartbeat,
    Judged,
    SessionStarted,
    WorkClock,
    Written,
)
from successor.types import Digest, Version

WRITING, EXAMINING, JUDGING = "writing", "examining", "judging"
KEPT = 9
"""Steps of a kind whose times are kept: the last ones tell most of the next."""


@dataclass
class Pace:
    """The step under way, and what steps of its kind took before."""

    step: str | None = None
    """What the events say is being done, if a run is at it; None between generations."""
    about: Digest | None = None
    """The version that it is done to; None of writing."""
    since: float = 0.0
    """When the step began, in seconds since 1970."""
    _clock: WorkClock = field(default_factory=WorkClock)
    _spent_s: float = 0.0
    """Working time of the step under way."""
    _took_s: defaultdict[str, deque[float]] = field(
        default_factory=lambda: defaultdict[str, deque[float]](partial(deque[float], maxlen=KEPT))
    )
    _incumbent: Digest | None = None
    _examined: set[Digest] = field(default_factory=set[Digest])

    def take(self, entry: Entry[Event]) -> None:
        """Take in the next event: most are the end of one step and the beginning of another."""
        self._spent_s += self._clock.take(entry)
        match entry.event:
            case GenerationOpened(incumbent=incumbent):
                self._incumbent = incumbent
                known = incumbent is None or incumbent in self._examined
                self._begin(WRITING if known else EXAMINING, entry.time, incumbent)
            case Written(version=version):
                if self._incumbent is not None:  # the first version is another kind of work
                    self._end(WRITING)
                step = EXAMINING if isinstance(version, Version) else None
                self._begin(step, entry.time, version.id if version else None)
            case Examined(version=name):
                self._end(EXAMINING)
                self._examined.add(name)
                step = WRITING if name == self._incumbent or self._incumbent is None else JUDGING
                self._begin(step if self._incumbent else None, entry.time, name)
            case Judged():
                self._end(JUDGING)
                self._begin(None, entry.time, None)
            case Decided(decision=made):
                again = made.outcome in {"rejected", "quarantined"}
                self._begin(WRITING if again else None, entry.time, None)
            case SessionStarted():
                self.since = entry.time
            case Heartbeat():
                pass
            case _:
                pass

    def usual_s(self) -> float | None:
        """Seconds that a step of this kind took, the median of the last ones; None before any."""
        took = self._took_s[self.step] if self.step else None
        return median(took) if took else None

    def _begin(self, step: str | None, at: float, about: Digest | None) -> None:
        self.step, self.since, self._spent_s = step, at, 0.0
        self.about = None if step == WRITING else about

    def _end(self, step: str) -> None:
        self._took_s[step].append(self._spent_s)
