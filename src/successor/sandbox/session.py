"""A live child: asks it, keeps the time, and believes nothing that it says.

One request: the inputs go out and are decoded there; the child says ready; the clock starts;
"go" goes out with a nonce; the outcomes come back, each under that nonce; the end comes back; the
clock stops. Anything else on the channel, in any other order, is "forged".
"""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import final

from successor.sandbox import frames, values
from successor.sandbox.answers import (
    Call,
    Limits,
    Opaque,
    Outcome,
    Program,
    Raised,
    Result,
    Returned,
    SandboxError,
    Status,
    Value,
)
from successor.sandbox.channel import BrokenOffError, Channel, GoneError
from successor.sandbox.cputime import Meter, Spent
from successor.sandbox.server import Ended, Server
from successor.sandbox.task import goes_along, task
from successor.sandbox.texts import cleaned

FAILURE_BYTES = 1 << 16
"""What a program may say about why it cannot be imported."""
LONGEST_TEXT = 2000
"""Characters of an exception's message or of the name of a type."""
START_S = 30.0
"""How long the fork-server may take to take in a program."""
PHASES = 2  # before "go", and from there
GRACE_S = 1.0
"""How long a program may take to close its channel after its only answer."""


@final
class Session:
    """One program in one process, asked any number of requests. A context manager."""

    def __init__(
        self,
        server: Server,
        program: Program,
        limits: Limits,
        *,
        only: Sequence[Call] | None = None,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """`only`: the calls of its only request, when there is to be one and no more."""
        self._limits, self._server, self._release = limits, server, release
        self._once, self._only = only is not None, None if only is None else _encoded(only)
        self.peak_bytes = 0
        """Most memory that the process had resident, once it has ended; 0 before."""
        self._over: BrokenOffError | None = None
        self._meter = Meter()
        self._started = self._closed = False
        message = task(program, limits, self._only)
        self._number, connected, rest = server.fork(message)
        self._channel = Channel(connected)
        try:
            if rest:  # otherwise it may be over already
                self._channel.send(rest, time.monotonic() + START_S)
        except (BrokenOffError, GoneError):
            self._channel.close()
            raise SandboxError("the sandbox's fork-server took in no program") from None

    def ask(self, calls: Sequence[Call]) -> Result:
        """Put a batch of calls to the program.

        After a result that is not "ok" the program is gone; asking again gives the same status.

        Raises:
            SandboxError: when an argument is not plain data, or the sandbox itself fails.
        """
        inputs = _encoded(calls) if self._only is None else self._only
        texts, laps = list[bytes](), list[Spent]()
        if self._only is None:  # otherwise they were sent when it was made
            self._meter.begin()
        try:
            self._prepare(inputs)
            nonce = secrets.token_bytes(frames.NONCE_BYTES)
            laps.append(self._meter.lap())
            self._collect(nonce, len(calls), texts)
            laps.append(self._meter.lap())
            self._check_the_end(len(calls), len(texts))
            return _result("ok", _decoded(texts), laps)
        except (BrokenOffError, GoneError) as error:
            if len(laps) < PHASES:  # before the child is reaped, and its number free for others
                laps.append(self._meter.lap())
            return self._broken_off(error, texts, laps)

    def close(self) -> None:
        """End the program, and wait until it is gone."""
        if not self._closed:
            self._closed = True
            self._meter.follow(0)  # its number is nobody's, or another's, from here on
            self._channel.close()
            try:
                self.peak_bytes = self._server.end(self._number).peak_bytes
            finally:
                self._release()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _prepare(self, inputs: bytes) -> None:
        """Have the program imported and the inputs decoded."""
        if self._over is not None:
            raise self._over
        if self._closed:
            raise SandboxError("the session is closed: open another one")
        deadline = time.monotonic() + self._limits.wall_s
        if self._started:
            self._channel.check_quiet()
        else:
            self._started = True
            self._check_walls(deadline)
        if not goes_along(self._only):
            with suppress(GoneError):  # it may have said why before it went
                self._channel.send(frames.frame(frames.INPUTS, inputs), deadline)
        kind, content = self._channel.receive(deadline, FAILURE_BYTES)
        if kind == frames.FAILED:
            raise BrokenOffError("import", _failure(content))
        if kind != frames.READY or content:
            raise BrokenOffError("forged", "it answered before it was asked")
        self._channel.check_quiet()

    def _check_walls(self, deadline: float) -> None:
        """The first word is the child's own, from before the program was there."""
        try:
            kind, content, process = self._channel.receive_from(deadline, FAILURE_BYTES)
        except GoneError:
            kind, content, process = frames.UNWALLED, b"the process ended at once", 0
        if kind != frames.WALLED:
            why = cleaned(content.decode("utf-8", "replace"))
            raise SandboxError(f"the sandbox could not be put up: {why}")
        if not self._server.starts_processes:
            self._meter.follow(process)

    def _collect(self, nonce: bytes, calls: int, texts: list[bytes]) -> None:
        """Say go and take the outcomes, until the end."""
        deadline, rest = time.monotonic() + self._limits.wall_s, self._limits.output_bytes
        self._channel.send(frames.frame(frames.GO, nonce), deadline)
        while True:
            kind, content = self._channel.receive(deadline, rest + frames.NONCE_BYTES)
            text = content[frames.NONCE_BYTES :]
            if not content.startswith(nonce) or kind not in (frames.OUTCOME, frames.END):
                raise BrokenOffError("forged", "it sent what was not asked for")
            if kind == frames.END:
                return _check_ending(text)
            if len(texts) == calls:
                raise BrokenOffError("forged", "it sent more outcomes than there were calls")
            texts.append(text)
            rest -= len(text)

    def _check_the_end(self, calls: int, outcomes: int) -> None:
        if self._once:
            self._channel.check_closed(time.monotonic() + GRACE_S)
        else:
            self._channel.check_quiet()
        if calls != outcomes:
            raise BrokenOffError("forged", f"{outcomes} outcomes to {calls} calls")

    def _broken_off(
        self, error: BrokenOffError | GoneError, texts: list[bytes], laps: list[Spent]
    ) -> Result:
        """End the child, and say what happened."""
        if isinstance(error, GoneError):
            self._meter.follow(0)
            ended = self._server.end(self._number, wait=True)
            self.peak_bytes = ended.peak_bytes
            error = self._over = _explained(ended, self._limits, once=self._once)
            self._closed = True
            self._channel.close()
            self._release()
        elif self._over is None:
            self._over = error
            self.close()
        try:
            outcomes = _decoded(texts)
        except BrokenOffError:
            outcomes = ()
        return _result(error.status, outcomes, laps, error.detail)


def _result(
    status: Status, outcomes: tuple[Outcome, ...], laps: Sequence[Spent], detail: str = ""
) -> Result:
    before, asked = (*laps, Spent())[:PHASES]
    return Result(
        status, outcomes, asked.seconds, detail, before.seconds, asked.cpu_s, before.cpu_s
    )


def _encoded(calls: Sequence[Call]) -> bytes:
    try:
        plain: list[Value] = [(call.args, {**call.kwargs}) for call in calls]
        return values.encode(plain)
    except values.NotPlainError as error:
        raise SandboxError(f"a {error} cannot be sent into the sandbox: use plain data") from None


def _check_ending(text: bytes) -> None:
    match text:
        case b"ok":
            return
        case b"memory":
            raise BrokenOffError("memory", "it ran out of memory")
        case b"output":
            raise BrokenOffError("output", "its outcomes are longer than the limit")
        case _:
            raise BrokenOffError("forged", "it ended in a way that there is not")


def _decoded(texts: Sequence[bytes]) -> tuple[Outcome, ...]:
    try:
        return tuple(_outcome(values.decode(text)) for text in texts)
    except ValueError as error:
        raise BrokenOffError("forged", f"its answer is no outcome: {error}") from None


def _outcome(read: Value) -> Outcome:
    if type(read) is list and len(read) == 2 and read[0] == "r":
        return Returned(read[1])
    match read:
        case ["x", str(kind), str(message)] if max(len(kind), len(message)) <= LONGEST_TEXT:
            return Raised(cleaned(kind), cleaned(message))
        case ["o", str(kind)] if len(kind) <= LONGEST_TEXT:
            return Opaque(cleaned(kind))
        case _:
            raise ValueError("neither value nor exception")


def _failure(content: bytes) -> str:
    try:
        match values.decode(content):
            case [str(kind), str(message)]:
                return cleaned(" ".join(f"{kind}: {message}".split())[:500])
            case _:
                return "unknown"
    except ValueError:
        return "unknown"


def _explained(ended: Ended, limits: Limits, *, once: bool) -> BrokenOffError:
    """What became of a child that closed its channel without an answer."""
    if ended.killed:
        return BrokenOffError("crashed", "it closed its channel")
    # The kernel counts the limit in ticks, and may end a child just before it is reached.
    used_up = ended.cpu_s >= 0.9 * limits.cpu_s
    if once and ended.signal in (signal.SIGXCPU, signal.SIGKILL) and used_up:
        return BrokenOffError("timeout", f"it used {ended.cpu_s:.1f} s of CPU time")
    if ended.signal == signal.SIGKILL:
        return BrokenOffError("memory", "the system killed it, which it does for memory")
    if ended.signal:
        return BrokenOffError("crashed", f"it was ended by {_named(ended.signal)}")
    return BrokenOffError("crashed", f"it exited with code {ended.exit_code} and no answer")


def _named(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
