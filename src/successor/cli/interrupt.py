"""Ctrl-C at a run: ask it to end, then end it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

from successor.types import Stop

INTERRUPTED = "interrupted"
"""The base case of a run that a person ended; the loop uses the same name."""


class Interrupt:
    """Ctrl-C: the first asks the run to end at its next safe point, the second ends it at once."""

    def __init__(self) -> None:
        self._stop: Stop | None = None

    def asked(self) -> Stop | None:
        """The stop that a person has asked for."""
        return self._stop

    @contextmanager
    def listening(self, notice: Callable[[str], None]) -> Generator[None]:
        """Take over Ctrl-C for as long as the run goes on; `notice` tells the user of it."""

        def pressed(_: int, __: FrameType | None) -> None:
            if self._stop is not None:
                raise KeyboardInterrupt
            self._stop = Stop(INTERRUPTED, "interrupted from the keyboard")
            notice("Ending at the next safe point; Ctrl-C again ends at once.")

        before = signal.signal(signal.SIGINT, pressed)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
