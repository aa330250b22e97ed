"""What all requests share: the lab, its record as it is followed, and who is told of a change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

from successor.errors import SuccessorError
from successor.insight.visible import visible
from successor.showing.following import Follower, Sight
from successor.showing.now import now_of
from successor.web.door import Door

T = TypeVar("T")
EVERY_S = 0.2
"""Between two looks at the record: one small file is read, whoever watches."""
AFRESH_S = 5.0
"""So often figures that grow by themselves, such as working time, are taken anew in a run."""
KEPT = 8
"""Long answers that are kept."""
QUIET_S = 15.0
"""After so long without news a line goes out, so that a connection that broke is noticed."""


@dataclass
class Seat:
    """One lab before any number of browsers."""

    folder: Path
    name: str
    """As somebody types it."""
    read_only: bool = False
    door: Door = field(default_factory=Door)
    problem: str | None = None
    """Why the record cannot be read; None when it can."""
    _made: dict[str, object] = field(default_factory=dict[str, object])
    _locks: dict[str, Lock] = field(default_factory=dict[str, Lock])
    _changes: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _looked: asyncio.Event = field(default_factory=asyncio.Event)
    _over: bool = False

    def __post_init__(self) -> None:
        self.follower = Follower(self.folder)

    def look(self) -> bool:
        """Take in what was recorded since; whether there is anything new to tell."""
        before = self.problem
        try:
            changed = self.follower.look()
            self.problem = None
        except SuccessorError as error:
            changed, self.problem = False, visible(str(error))
        return changed or self.problem != before

    def now(self) -> dict[str, Any]:
        """What the lab is at."""
        running = self.follower.running
        slot = int(time.time() // AFRESH_S) if running else 0
        found = self.follower.view("now", lambda sight: now_of(sight, running=running), slot)
        told = {**found} if found else {"running": running, "state": "idle", "events": 0}
        if not found:
            told["told"] = "nothing is on record yet"
        if not found and (size := self.follower.reading):
            told |= {"state": "reading", "told": f"reading the record: {size:,} events"}
        return {**told, "problem": self.problem, "at": time.time()}

    def view(self, name: str, make: Callable[[Sight], T]) -> T | None:
        """As the follower has it."""
        return self.follower.view(name, make)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What takes long to make, made once, while others go on; the last few are kept."""
        with self._locks.setdefault(name, Lock()):
            if name not in self._made:
                self._made[name] = make()
            found = self._made[name]
        while len(self._made) > KEPT:
            oldest = next(iter(self._made))
            self._made.pop(oldest, None)
            self._locks.pop(oldest, None)
        return cast("T", found)

    async def first_look(self, patience_s: float) -> None:
        """Wait until the record was read once, but no longer than that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._looked.wait()

    async def watch(self) -> None:
        """Look at the record again and again, and wake up whoever waits for news."""
        slot = 0
        while not self._over:
            changed = await asyncio.to_thread(self.look)
            self._looked.set()
            later = int(time.time() // AFRESH_S)
            if changed or (later != slot and self.follower.running):
                slot = later
                await self.tell()
            await asyncio.sleep(EVERY_S)

    async def tell(self) -> None:
        """Wake up whoever waits for news."""
        async with self._changed:
            self._changes += 1
            self._changed.notify_all()

    async def end(self) -> None:
        """Let every connection go."""
        self._over = True
        await self.tell()

    async def news(self) -> AsyncGenerator[dict[str, Any] | None]:
        """What the lab is at, now and after every change; None when there was none for a while."""
        seen = -1
        while not self._over:
            if seen != self._changes:
                seen = self._changes
                yield await asyncio.to_thread(self.now)
                continue
            try:
                async with asyncio.timeout(QUIET_S), self._changed:
                    if seen == self._changes:
                        await self._changed.wait()
            except TimeoutError:
                yield None
