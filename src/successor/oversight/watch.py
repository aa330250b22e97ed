"""Stop means stop: a thread that looks for what asks a run to stop, and sees that it does.

It asks the run first, which halts where it next says how far it is. What has not ended by then is
killed, with all that came of it: a record survives that at any instant.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import final

from successor.errors import Halt, SuccessorError
from successor.ledger import PAUSED, Paused, told_pause
from successor.oversight import stopfile
from successor.oversight.descendants import (
    barrenness,
    bury_orphans,
    descendants,
    end_descendants,
    keeping_orphans,
)
from successor.types import Stop

LOOK_S = 0.1
"""Time between two looks."""
PATIENCE_S = 0.3
"""What a run has to end by itself."""
BURY_LOOKS = 50
METER_LOOKS = 10
TURN_S = 0.0005
"""For so long a step that computes may keep Python from the thread that looks, each time that this
has asked the kernel something. With Python's own 5 ms, a dozen files take it a look's whole time.
"""
GRACE_S = 5.0
"""What a step has to end once a budget is used up. Then it is interrupted, and, should that not end
it for so long again, killed.
"""
STARVED_S = 60.0
"""CPU time for which the run may keep Python from the thread that looks; then the kernel ends it.
Honest calls that keep Python's lock, such as one of a large integer, take less.
"""


@dataclass(frozen=True)
class Pulse:
    """What a thread beside the run knows of it."""

    show_work: Callable[[], None]
    """Leaves a trace that it works, and of what it has used."""
    used_up: Callable[[], Stop | None]
    ended: Callable[[Stop], None]
    """Puts on record that it did not end by itself."""


@final
class Watch:
    """What asks a run to stop."""

    def __init__(self, record: Path, dead_man_s: float | None = None) -> None:
        self._record = record
        self._dead_man_s = dead_man_s
        self._looked_after = time.time()
        self._heard: Callable[[], bool] = lambda: False
        self._over = threading.Event()
        self._pulse: Pulse | None = None
        self._expired: Stop | None = None
        """What makes an interruption of the run a halt."""
        self._halts = False
        """Whether a stop does as well."""
        self._deadline_s: float | None = None
        """Until when a run may go on that has used something up."""
        self._wind: Callable[[], None] = lambda: None
        self._main = False
        """Whether the run can be interrupted: signals are for the main thread."""
        self._make_barren: Callable[[], None] = lambda: None
        self.pause: Paused | None = None
        """What asked for it; None while nothing did."""
        self.last_words: Callable[[Paused], None] = lambda _: None
        """Told before the run is killed, which has not ended by itself."""

    def stop(self) -> Stop | None:
        """The stop that was asked for."""
        pause = self.pause
        return Stop(PAUSED, told_pause(pause), needs_human=True) if pause else None

    def heed(self, pulse: Pulse) -> None:
        """See to it, too, that budgets hold."""
        self._pulse = pulse

    @contextmanager
    def watching(self, looked_after: float | None) -> Generator[None]:
        """Look for as long as the block goes on; what it started is gone after a stop.

        Args:
            looked_after: when a person last did something, seconds since 1970.
        """
        self._over.clear()
        self._looked_after = time.time() if looked_after is None else looked_after
        with ExitStack() as at_end:
            self._heard = at_end.enter_context(_hearing())
            at_end.enter_context(self._interruptible())
            self._expired = self._deadline_s = None
            self._look()
            if self.pause is not None:
                yield  # nothing begins
                return
            self._make_barren, spared = barrenness(), descendants()
            at_end.enter_context(keeping_orphans())
            self._wind = at_end.enter_context(_ended_when_starved())
            at_end.callback(sys.setswitchinterval, sys.getswitchinterval())
            sys.setswitchinterval(TURN_S)
            looker = threading.Thread(target=self._keep_looking, name="watch", daemon=True)
            looker.start()
            try:
                yield
            finally:
                if self.pause is not None:
                    end_descendants(spared)
                self._over.set()
                looker.join()

    @contextmanager
    def halting(self) -> Generator[None]:
        """While the watch looks: let a stop interrupt the block where it is, which ends by a Halt.
        So is stopped what never says how far it is.
        """
        self._halts = True
        try:
            yield
        finally:
            self._halts = False

    def _keep_looking(self) -> None:
        looks = 0
        while not self._over.wait(LOOK_S):
            self._wind()
            self._look()
            if self.pause is not None:
                if self._halts:
                    self._interrupt()
                if not self._over.wait(PATIENCE_S):
                    self._kill(self.pause)
                return
            looks += 1
            if looks % BURY_LOOKS == 0:
                bury_orphans()
            if self._pulse and (self._deadline_s or looks % METER_LOOKS == 0):
                self._take(self._pulse)

    def _take(self, pulse: Pulse) -> None:
        """Look at what was used; end a run that goes on with nothing left."""
        stop = None
        with suppress(SuccessorError, Halt, OSError, sqlite3.Error):  # it is closed, or paused
            pulse.show_work()
            stop = pulse.used_up()
        now = time.monotonic()
        if stop is None:
            self._deadline_s = None
        elif self._deadline_s is None:
            self._deadline_s = now + GRACE_S
        elif now >= self._deadline_s and self._expired is None:
            self._expired, self._deadline_s = stop, now + GRACE_S
            self._interrupt()
        elif now >= self._deadline_s:
            with suppress(SuccessorError, Halt, OSError, sqlite3.Error):
                pulse.ended(stop)
            self._kill()

    def _interrupt(self) -> None:
        if self._main:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR2)

    def _kill(self, pause: Paused | None = None) -> None:
        """End this process and all that came of it."""
        self._make_barren()
        end_descendants()
        with suppress(OSError):
            if pause is not None:
                self.last_words(pause)
        os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def _interruptible(self) -> Generator[None]:
        """Let a run in the main thread be interrupted where it is, once a budget is used up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def halt(_: int, __: FrameType | None) -> None:
            stop = self._expired or (self.stop() if self._halts else None)
            if stop is not None and not self._over.is_set():
                self._halts = False
                raise Halt(stop)

        before, self._main = signal.signal(signal.SIGUSR2, halt), True
        try:
            yield
        finally:
            self._main = False
            signal.signal(signal.SIGUSR2, before)

    def _look(self) -> None:
        pause = stopfile.asked(self._record) or self._signalled() or self._forsaken()
        if pause is not None:
            self.pause = pause
            with suppress(OSError):  # to stop matters more than to keep why
                stopfile.keep(self._record, pause)

    def _signalled(self) -> Paused | None:
        return Paused("signal", "SIGUSR1", "", stopfile.UNKNOWN) if self._heard() else None

    def _forsaken(self) -> Paused | None:
        if self._dead_man_s is None:
            return None
        sign = stopfile.life(self._record)
        last = max(self._looked_after, sign[1] if sign else 0.0)
        if time.time() - last < self._dead_man_s:
            return None
        told = f"nobody showed a sign of life for {self._dead_man_s:.15g} seconds"
        return Paused("timer", told, "somebody looks after it", "policy.toml")


@contextmanager
def _ended_when_starved() -> Generator[Callable[[], None]]:
    """A dead man's switch: unless it is wound up again in time, the kernel ends this process.

    Nothing of Python has to run for that. The timer counts the CPU time of this process, for one
    of the time of day would end what was halted at a terminal as soon as it goes on. Where
    somebody else uses the timer or its signal, there is no switch.
    """
    main = threading.current_thread() is threading.main_thread()

    def free() -> bool:
        return signal.getsignal(signal.SIGPROF) is signal.SIG_DFL

    if not main or not free() or signal.getitimer(signal.ITIMER_PROF)[0]:
        yield lambda: None
        return

    def wind() -> None:
        if free():  # or a profiler has begun meanwhile, whose timer it is then
            signal.setitimer(signal.ITIMER_PROF, STARVED_S)

    wind()
    try:
        yield wind
    finally:
        if free():
            signal.setitimer(signal.ITIMER_PROF, 0.0)


@contextmanager
def _hearing() -> Generator[Callable[[], bool]]:
    """Whether SIGUSR1 came, known at once, also while the main thread is busy outside Python.

    A signal can be taken from the main thread only: a run in another one does not hear it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    heard = threading.Event()
    read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def hear(_: int, __: FrameType | None) -> None:
        heard.set()

    before = signal.signal(signal.SIGUSR1, hear)
    others = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    if others != -1:
        signal.set_wakeup_fd(others)  # an event loop's: then it is known a little later
    # One that was kept comes now; afterwards one is kept again for the next watch.
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})

    def told() -> bool:
        with suppress(BlockingIOError):
            if signal.SIGUSR1 in os.read(read, 4096):
                heard.set()
        return heard.is_set()

    try:
        yield told
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if others == -1:
            signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGUSR1, before)
        os.close(read)
        os.close(write)
