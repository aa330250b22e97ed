"""Ctrl-C or SIGTERM at a run: ask it to end, then end it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from types import FrameType

from successor.types import Stop

INTERRUPTED = "interrupted"
"""The base case of a run that was ended from outside; the loop uses the same name."""
EXIT_INTERRUPTED = 128 + signal.SIGINT
EXIT_TERMINATED = 128 + signal.SIGTERM
_REASONS: Mapping[int, str] = {
    signal.SIGINT: "interrupted from the keyboard",
    signal.SIGTERM: "terminated by SIGTERM",
}


class Interrupt:
    """The first signal asks the run to end at its next safe point, a second one ends it at once."""

    def __init__(self) -> None:
        self._stop: Stop | None = None
        self.exit_code: int = EXIT_INTERRUPTED
        """Of a run that ends by it, as shells have it: 128 and the number of the last signal."""

    def asked(self) -> Stop | None:
        """The stop that was asked for."""
        return self._stop

    @contextmanager
    def listening(self, notice: Callable[[str], None]) -> Generator[None]:
        """Take over both signals for as long as the run goes on; `notice` tells the user of one."""

        def asked(number: int, _: FrameType | None) -> None:
            reason, self.exit_code = _REASONS[number], 128 + number
            if self._stop is not None:
                raise KeyboardInterrupt(reason)
            self._stop = Stop(INTERRUPTED, reason)
            again = "Ctrl-C" if number == signal.SIGINT else "SIGTERM"
            notice(f"Ending at the next safe point; {again} again ends at once.")

        before = {number: signal.signal(number, asked) for number in _REASONS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
