"""What this process and all that comes of it have used, as the kernel counts it and not as told;
and what workers on other machines tell, whose kernels nobody here can ask.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from threading import Lock
from typing import final

from successor import spending
from successor.oversight import descendants

CPU = "cpu_s"
LOOK_S = 0.1
"""A figure of CPU time may be as old as this."""


@final
class Meter:
    """CPU time and money since it was made, to be read from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._spent = spending.spent()
        self._cpu_s = 0.0
        self._seen_s = _cpu_s()
        self._looked = time.monotonic()

    def read(self) -> Mapping[str, float]:
        """What was used by now; CPU time as it was a moment ago."""
        with self._lock:
            if time.monotonic() >= self._looked + LOOK_S:
                now = _cpu_s()
                # It falls when a parent lets go of a child without waiting for it: what was seen
                # of that child is spent all the same.
                self._cpu_s += max(0.0, now - self._seen_s)
                self._seen_s, self._looked = now, time.monotonic()
            spent = spending.spent().items()
            grown = {name: float(value - self._spent.get(name, 0)) for name, value in spent}
            return {**grown, CPU: self._cpu_s + grown.get(CPU, 0.0)}


def _cpu_s() -> float:
    """Of this process, of what it waited for, and of all that still runs."""
    ours = sum(
        each.ru_utime + each.ru_stime
        for each in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    return ours + descendants.cpu_s()
