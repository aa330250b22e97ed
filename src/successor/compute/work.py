"""What is done elsewhere, and by whom. All of it is plain data: any machine can be told."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from successor.types import Digest

Read: TypeAlias = Callable[[Digest], bytes]
"""An object, by its name."""
Heed: TypeAlias = Callable[[int], None]
"""Told how many items are done, several times a second; what it raises ends all of them."""
SHELF_BYTES = 256 << 20


class LostError(Exception):
    """A worker is gone, with what it was at: another one does that anew."""


@dataclass(frozen=True)
class Work:
    """One item. Done twice it comes to the same, so whoever loses a worker has it done again."""

    task: str
    """Where its function is, `package.module:name`: called with `told` and a `Read`, it returns
    what JSON can hold, and objects that it made."""
    told: Mapping[str, object]
    needs: tuple[Digest, ...] = ()
    """Objects that it reads, and no others."""
    priority: int = 0
    """Higher ones are begun first."""
    affinity: str = ""
    """A worker that has done one of these before is quicker at the next."""
    wall_s: float = 3600.0
    """After so long it has failed, and its worker is ended."""
    attempts: int = 3
    """Workers that may be lost over it."""


@dataclass(frozen=True)
class Reply:
    """What an item came to."""

    value: object
    made: Mapping[Digest, bytes] = field(default_factory=dict[Digest, bytes])
    error: str = ""
    """Why there is no value."""
    usage: bool = False
    """Whether the error is the user's."""


class Worker(Protocol):
    """One process that does one item at a time."""

    def up(self) -> bool:
        """Whether it can begin one. Raises LostError when it never will."""
        ...

    def begin(self, work: Work, read: Read) -> None:
        """Hand it an item, with what it needs. Raises LostError."""
        ...

    def reply(self) -> Reply:
        """Of the item that is done. Raises LostError."""
        ...

    def end(self) -> None:
        """End it, whatever it is at."""
        ...


class Crew(Protocol):
    """Where workers come from."""

    @property
    def size(self) -> int:
        """Workers that there is room for now."""
        ...

    @property
    def afar(self) -> bool:
        """Whether its workers may come of no process here, which would count what they use."""
        ...

    def hire(self) -> Worker: ...
    def ready(self, busy: Sequence[Worker], timeout_s: float) -> Sequence[Worker]:
        """Those that are done or lost; empty after the time."""
        ...

    def close(self) -> None: ...


class Shelf:
    """Objects at hand, the last used last. Two shelves that are told the same hold the same."""

    def __init__(self, most_bytes: int = SHELF_BYTES) -> None:
        self._most_bytes = most_bytes
        self._sizes: OrderedDict[Digest, int] = OrderedDict()

    def __contains__(self, digest: Digest) -> bool:
        return digest in self._sizes

    def use(self, sizes: Iterable[tuple[Digest, int]]) -> list[Digest]:
        """Put these on it; what has to go for them, never one of these."""
        given = dict(sizes)
        for digest, size in given.items():
            self._sizes[digest] = size
            self._sizes.move_to_end(digest)
        gone = list[Digest]()
        while sum(self._sizes.values()) > self._most_bytes and len(self._sizes) > len(given):
            gone.append(self._sizes.popitem(last=False)[0])
        return gone
