"""Which version is in charge, and what rollbacks took out of it, folded from the events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from successor.ledger.events import Decided, Entry, Event, GenerationOpened, RolledBack, Written
from successor.types import Decision, Digest, Version


@dataclass(frozen=True)
class Back:
    """One rollback."""

    entry: Entry[RolledBack]
    out_of_charge: tuple[Digest, ...]
    """What was in charge, and what it came from as far as it is not of the line of what took over;
    oldest first."""
    revoked: tuple[Digest, ...] = ()
    """Those of them that no later rollback has put in charge again."""


@dataclass
class Charge:
    """Which version is in charge, folded from the events."""

    incumbent: Digest | None = None
    promoted: set[Digest] = field(default_factory=set[Digest])
    """All that ever were."""
    resting: bool = False
    """Whether no generation was begun after the last rollback."""
    _taken: list[tuple[Entry[RolledBack], tuple[Digest, ...]]] = field(
        default_factory=list[tuple[Entry[RolledBack], tuple[Digest, ...]]]
    )
    _parent: dict[Digest, Digest | None] = field(default_factory=dict[Digest, Digest | None])
    _gave_way: set[Digest] = field(default_factory=set[Digest])

    def take(self, entry: Entry[Event]) -> None:
        """Take in one event."""
        match entry.event:
            case Written(version=Version() as version):
                self._parent[version.id] = next(iter(version.parents), None)
            case Decided(decision=Decision(candidate=name, outcome="promoted")):
                self.incumbent = name
                self.promoted.add(name)
            case RolledBack() as event:
                self._roll_back(Entry(entry.seq, entry.time, event))
            case GenerationOpened():
                self.resting = False
            case _:
                pass

    def told(self) -> tuple[Back, ...]:
        """Every rollback, the oldest first."""
        return tuple(
            Back(entry, out, tuple(each for each in out if each in self._gave_way))
            for entry, out in self._taken
        )

    def _roll_back(self, entry: Entry[RolledBack]) -> None:
        back = {*self._line(entry.event.version)}
        out = tuple(each for each in self._line(self.incumbent) if each not in back)
        self._taken.append((entry, out[::-1]))
        self._gave_way = (self._gave_way | {*out}) - back
        self.incumbent, self.resting = entry.event.version, True

    def _line(self, version: Digest | None) -> Iterator[Digest]:
        while version is not None:
            yield version
            version = self._parent.get(version)
