"""The naive evaluator, started and asked: what an attack does when nothing is in its way."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, final

from successor.sandbox.answers import Limits, Program, Value
from successor.sandbox.escape.bait import Bait

NAIVE = Path(__file__).with_name("naive.py")
HANGS_S = 0.6
"""Past its own time limit; what has not answered by then hangs."""
READY_S = 20.0
"""How long the interpreter may take to start on a busy machine."""
ENDS_S = 0.3
"""How long it may take to end by itself, with whatever was put there to run at its end."""


@dataclass(frozen=True)
class Evaluation:
    """What an evaluator made of one candidate."""

    accepted: bool = False
    """Its answer counts as right."""
    text: str = ""
    """What it returned or raised, when that is text, or what went wrong."""
    length: int = 0
    """Bytes of output that came through."""
    seconds: float = 0.0
    """How long it is said to have taken."""
    cpu_s: float = 0.0
    """How much CPU time it is said to have used."""
    broken: bool = False
    """The evaluator itself failed."""
    hung: bool = False
    """The evaluator did not answer in time."""


class Evaluator(Protocol):
    """Who runs candidates: the sandbox, or the naive one."""

    honest_s: float
    """How long an honest candidate may take, which computes nothing."""

    def evaluate(
        self, program: Program, told: Mapping[str, str | int], expected: Value, limits: Limits
    ) -> Evaluation:
        """Call a program with what it is told, and mark its answer."""
        ...


@final
class Naive:
    """A running naive evaluator."""

    honest_s = 0.4

    def __init__(self, bait: Bait, *, inside: bool) -> None:
        self._bait, self._inside = bait, inside
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-I", "-S", str(NAIVE), bait.secret],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"KEY": bait.secret, "PATH": os.defpath},
            pass_fds=[bait.descriptor],
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._unread, self._received = b"", 0

    def evaluate(
        self, program: Program, told: Mapping[str, str | int], expected: Value, limits: Limits
    ) -> Evaluation:
        """Ask; a reply that cannot be read means that the evaluator broke."""
        started, self._received = time.monotonic(), 0
        try:
            self._write(self._job(program, told, expected, limits))
            line = self._line(started + limits.wall_s + HANGS_S)
            answer: dict[str, Any] = json.loads(line)
            marks = {key: answer[key] for key in ("accepted", "text", "seconds")}
            marks["cpu_s"] = answer.get("cpu_s", 0.0)  # a forged mark may lack it
            length = max(answer["length"], self._received)
            return Evaluation(**marks, length=length)
        except TimeoutError:
            self._process.kill()
            return Evaluation(hung=True)
        except (OSError, ValueError, LookupError, TypeError) as error:
            text = f"{type(error).__name__}: {error}"
            return Evaluation(broken=True, text=text, length=self._received)

    def ready(self, honest: Program) -> None:
        """Wait until it serves, so that starting it is not taken for hanging."""
        self.evaluate(honest, {}, 0, Limits(wall_s=READY_S))

    def close(self) -> None:
        """Let it end by itself, for a moment."""
        pipe = self._process.stdin
        if pipe is not None:
            with contextlib.suppress(OSError):  # it is gone, and what was to be written with it
                pipe.close()
        try:
            self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _job(
        self, program: Program, told: Mapping[str, str | int], expected: Value, limits: Limits
    ) -> bytes:
        files = {
            path: data.decode("utf-8", "surrogateescape") for path, data in program.files.items()
        }
        job = {
            "inside": self._inside,
            "folder": str(self._bait.work),
            "files": files,
            "entry": program.entry,
            "argument": dict(told),
            "expected": expected,
            "wall_s": limits.wall_s,
            "key": self._bait.secret,
        }
        return json.dumps(job).encode() + b"\n"

    def _write(self, data: bytes) -> None:
        pipe = self._process.stdin
        if pipe is None:
            raise OSError("it is gone")
        pipe.write(data)
        pipe.flush()

    def _line(self, deadline: float) -> bytes:
        """The next line; what is left over stays for the next candidate, as it would."""
        pipe = self._process.stdout
        if pipe is None:
            raise OSError("it is gone")
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while b"\n" not in self._unread:
                if not selector.select(deadline - time.monotonic()):
                    raise TimeoutError
                data = os.read(pipe.fileno(), 1 << 16)
                if not data:
                    raise OSError("it is gone")
                self._unread += data
                self._received += len(data)
        line, _, self._unread = self._unread.partition(b"\n")
        return line
