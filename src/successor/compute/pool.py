"""Who does which item, and who does it again when a worker is lost."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import final

from successor.compute.work import Crew, Heed, LostError, Read, Reply, Work, Worker
from successor.errors import SuccessorError, UsageError

TICK_S = 0.2
"""So often somebody may stop all of it."""
START_S = 300.0
"""How long the first worker may take to come, or the next when all were lost."""
KNOWN = 32
"""Affinities that a worker is remembered for."""


@dataclass(eq=False)
class _Post:
    """A worker, what it is at, and what it has been at."""

    worker: Worker
    number: int = -1
    """Of its item; -1 when it has none."""
    until: float = 0.0
    known: deque[str] = field(default_factory=lambda: deque[str](maxlen=KNOWN))


@final
class Pool:
    """A crew at work. A context manager."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._posts = list[_Post]()
        self.lost = 0
        """Workers that were lost so far."""

    @property
    def afar(self) -> bool:
        """Whether what its workers use is counted by nobody here."""
        return self._crew.afar

    @property
    def busy(self) -> int:
        """Workers that are at an item now."""
        return sum(post.number >= 0 for post in self._posts)

    def map(self, items: Sequence[Work], read: Read, heed: Heed = lambda _: None) -> list[Reply]:
        """What each item came to, in their order.

        Raises:
            As `each`.
        """
        with closing(self.each(items, read, heed)) as replies:
            found = dict(replies)
        return [found[number] for number in range(len(items))]

    def each(
        self, items: Sequence[Work], read: Read, heed: Heed = lambda _: None
    ) -> Iterator[tuple[int, Reply]]:
        """The number of an item and what it came to, as they are done. When this is closed, or an
        item fails, the workers of all others are ended.

        Raises:
            SuccessorError: when an item fails, takes too long, or loses too many workers.
        """
        waiting = sorted(range(len(items)), key=lambda number: -items[number].priority)
        tries, done, since = Counter[int](), 0, time.monotonic()
        try:
            while done < len(items):
                heed(done)
                self._hand_out(items, waiting, tries, read)
                for number, reply in self._collect(items, waiting, tries):
                    done += 1
                    yield number, reply
                if any(post.number >= 0 for post in self._posts):
                    since = time.monotonic()
                elif time.monotonic() > since + START_S:
                    raise SuccessorError(f"no worker has come within {START_S:g} s")
        finally:
            for post in [post for post in self._posts if post.number >= 0]:
                self._dismiss(post)

    def close(self) -> None:
        """End all workers."""
        for post in list(self._posts):
            self._dismiss(post)
        self._crew.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hand_out(
        self, items: Sequence[Work], waiting: list[int], tries: Counter[int], read: Read
    ) -> None:
        room = self._crew.size if len(self._posts) < len(items) else 0
        while len(self._posts) < min(room, len(items)):
            self._posts.append(_Post(self._crew.hire()))
        for post in [post for post in self._posts if post.number < 0]:
            try:
                if not waiting or not post.worker.up():
                    continue
                number = self._fitting(post, items, waiting)
                post.number, post.until = number, time.monotonic() + items[number].wall_s
                waiting.remove(number)
                post.worker.begin(items[number], read)
                post.known.append(items[number].affinity)
            except LostError as error:
                self._lose(post, items, waiting, tries, error)

    def _fitting(self, post: _Post, items: Sequence[Work], waiting: Sequence[int]) -> int:
        """Of the most urgent: one that the worker has a liking for, else one that none has."""
        urgent = items[waiting[0]].priority
        first = [number for number in waiting if items[number].priority == urgent]
        others = {name for each in self._posts if each is not post for name in each.known}
        mine = [number for number in first if items[number].affinity in post.known]
        nobodys = [number for number in first if items[number].affinity not in others]
        return (mine or nobodys or first)[0]

    def _collect(
        self, items: Sequence[Work], waiting: list[int], tries: Counter[int]
    ) -> Iterator[tuple[int, Reply]]:
        busy = {id(post.worker): post for post in self._posts if post.number >= 0}
        if not busy:
            time.sleep(TICK_S / 4)
            return
        for worker in self._crew.ready([post.worker for post in busy.values()], TICK_S):
            post = busy[id(worker)]
            try:
                reply = worker.reply()
            except LostError as error:
                self._lose(post, items, waiting, tries, error)
                continue
            number, post.number = post.number, -1
            if reply.error:
                raise (UsageError if reply.usage else SuccessorError)(reply.error)
            yield number, reply
        for post in self._posts:
            if post.number >= 0 and time.monotonic() > post.until:
                told = f"took more than {items[post.number].wall_s:g} s"
                raise SuccessorError(f"{items[post.number].task} {told}")

    def _lose(
        self, post: _Post, items: Sequence[Work], waiting: list[int], tries: Counter[int],
        error: LostError,
    ) -> None:  # fmt: skip
        """Let a lost worker go; what it was at waits again, before all else as urgent."""
        self.lost += 1
        number, post.number = post.number, -1
        self._dismiss(post)
        if number < 0:
            return
        tries[number] += 1
        if tries[number] >= items[number].attempts:
            told = f"lost {tries[number]} workers one after another, the last: {error}"
            raise SuccessorError(f"{items[number].task} {told}")
        waiting.insert(0, number)
        waiting.sort(key=lambda each: -items[each].priority)

    def _dismiss(self, post: _Post) -> None:
        self._posts.remove(post)
        post.worker.end()
