"""What the author knows from one attempt to the next, as long as the lab is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from successor.authors.llm.ways import Lesson
from successor.authors.matter import MOST_FAILURES, Failure
from successor.types import Digest

_KEPT = 8
"""Programs kept for the next attempt."""


@dataclass(frozen=True)
class Written:
    """A program that is right, and how it was asked for."""

    text: str
    figures: Mapping[str, float | str]


@dataclass(frozen=True)
class Memory:
    """Of one incumbent, but for the lessons, which last."""

    incumbent: Digest = ""
    lessons: tuple[Lesson, ...] = ()
    failures: tuple[Failure, ...] = ()
    """The oldest first."""
    pool: tuple[Written, ...] = ()
    """The best that was found and not handed in, the best first."""

    def of(self, incumbent: Digest) -> Memory:
        """What of it is of use for that incumbent."""
        return self if self.incumbent == incumbent else Memory(incumbent, self.lessons)

    def trimmed(self) -> Memory:
        """The same, as far as it is ever looked at."""
        kept = self.failures[-MOST_FAILURES:]
        return Memory(self.incumbent, self.lessons, kept, self.pool[:_KEPT])

    def dump(self) -> object:
        """As JSON."""
        return asdict(self)

    @staticmethod
    def load(told: object) -> Memory:
        """From JSON."""
        found = cast("dict[str, Any]", told)
        return Memory(
            found["incumbent"],
            tuple(cast("Lesson", tuple(each)) for each in found["lessons"]),
            tuple(Failure(**each) for each in found["failures"]),
            tuple(Written(**each) for each in found["pool"]),
        )
