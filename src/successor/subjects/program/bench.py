"""Where versions run: each in its own child of one sandbox, asked in batches."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from successor.errors import SuccessorError
from successor.sandbox import (
    ADEQUATE,
    Call,
    Confinement,
    Limits,
    Program,
    Result,
    Returned,
    Sandbox,
    SandboxError,
    Session,
    Value,
    open_sandbox,
)
from successor.subjects.program.agreement import Answer, Failed, told
from successor.subjects.program.target import Target

_INSIDE = Path(__file__).parent / "inside"
DEATHS, WAITS = 6, 2
"""Processes of one batch that may die, or be waited for in vain, before the rest of it counts
as dead too."""
UNSAFE = "; with --unsafe-sandbox it runs all the same, and nothing is promoted"
OURS = "successor_"
"""How the names of our own files begin that run beside a program."""
PRELOADED = (
    "bisect",
    "collections",
    "copy",
    "dataclasses",
    "decimal",
    "doctest",
    "fractions",
    "functools",
    "heapq",
    "importlib",
    "inspect",
    "itertools",
    "math",
    "operator",
    "random",
    "re",
    "statistics",
    "string",
    "unittest",
)
"""Modules that a program finds warm."""
LENT = ("numpy",)
"""Libraries that versions may begin to use. Once one does, they are warm for all: to import them
takes longer than a heat, once for each process, and is no work of the version's own.
"""


def inside(name: str) -> bytes:
    """The text of one of our files that run beside a program."""
    return (_INSIDE / name).read_bytes()


@dataclass
class Bench:
    """A sandbox that opens when it is first needed."""

    limits: Limits
    tier: str | None = None
    preload: tuple[str, ...] = ()
    unsafe: bool = False
    """Whether it may be a sandbox that does not hold, where there is no other."""
    weakest: Confinement | None = None
    """The least trusted that was opened."""
    _sandbox: Sandbox | None = field(default=None, repr=False)

    @property
    def sandbox(self) -> Sandbox:
        """The open sandbox.

        Raises:
            SuccessorError: when there is no adequate one.
        """
        if self._sandbox is None:
            try:
                with one_core():
                    modules = (*PRELOADED, *self.preload)
                    self._sandbox = open_sandbox(
                        self.tier, preload=modules, allow_unsafe=self.unsafe
                    )
            except SandboxError as error:
                helps = not self.unsafe and self.tier not in ADEQUATE
                raise SuccessorError(f"{error}{UNSAFE if helps else ''}") from error
            if self.weakest is None or self.weakest.trusted:
                self.weakest = self._sandbox.record()
        return self._sandbox

    def session(
        self, program: Program, limits: Limits | None = None
    ) -> AbstractContextManager[Session]:
        """A fresh child that is asked several times."""
        self.lend(program)
        return self.sandbox.session(program, limits or self.limits)

    def lend(self, *programs: Program) -> None:
        """Open the sandbox anew where a program uses a library that is not warm yet. It ends the
        sessions that are open: before two run side by side, both programs are named here.
        """
        texts = [data for each in programs for data in each.files.values()]
        for name in LENT:
            if name not in self.preload and any(name.encode() in text for text in texts):
                self.preload += (name,)
                self.close()

    def close(self) -> None:
        """End the sandbox; it opens anew when it is needed again."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    def run(self, program: Program, calls: Sequence[Call], wall_s: float | None = None) -> Result:
        """One batch in a fresh child."""
        self.lend(program)
        limits = self.limits if wall_s is None else within(self.limits, wall_s)
        return self.sandbox.run(program, calls, limits)

    def ask(
        self, program: Program, calls: Sequence[Call], wall_s: float | None = None
    ) -> tuple[Answer, ...]:
        """The answer to each call; when one ends the child, a fresh child answers the rest."""
        answers: list[Answer] = []
        waits = 0
        for _ in range(DEATHS):
            result = self.run(program, calls[len(answers) :], wall_s)
            answers += result.outcomes[: len(calls) - len(answers)]
            if result.status == "ok" or len(answers) == len(calls):
                break
            answers.append(Failed(result.status, result.detail))
            waits += result.status == "timeout"
            over = waits >= (1 if wall_s else WAITS) or result.status in {"import", "forged"}
            if over or len(answers) == len(calls):
                break
        last = answers[-1] if answers else Failed("crashed")
        rest = last if isinstance(last, Failed) else Failed("crashed", "answered too little")
        return (*answers, *[rest] * (len(calls) - len(answers)))

    def each(self, program: Program, calls: Sequence[Call]) -> tuple[Answer, ...]:
        """The answer to each call by a child of its own, which has all the time there is."""
        return tuple(self.ask(program, [call])[0] for call in calls)

    def value(self, program: Program, call: Call, what: str, wall_s: float | None = None) -> Value:
        """What one trusted call returns.

        Raises:
            SuccessorError: when it returns nothing, saying what was attempted.
        """
        (answer,) = self.ask(program, [call], wall_s)
        if not isinstance(answer, Returned):
            raise SuccessorError(f"{what}: {told(answer, 300)}")
        return answer.value


@contextmanager
def one_core() -> Generator[None]:
    """What is started in the block, and all that it starts, keeps to one and the same core."""
    if sys.platform != "linux":
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def within(limits: Limits, wall_s: float) -> Limits:
    """The limits, with less time."""
    return replace(limits, wall_s=min(limits.wall_s, wall_s))


def runnable(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files, with what stands in for this package where they ask it to improve them."""
    asks = any(
        re.search(rb"^\s*(import|from) successor\b", data, re.MULTILINE) for data in files.values()
    )
    return {"successor.py": inside("stand_in.py"), **files} if asks else files


@dataclass(frozen=True)
class Programs:
    """How the files of a version become a program that can be asked."""

    target: Target

    def observed(self, files: Mapping[str, bytes]) -> Program:
        """Asked with the result and what became of the arguments."""
        return self._beside(files, "observe.py", "observe")

    def sharing(self, files: Mapping[str, bytes]) -> Program:
        """Asked for what its result shares."""
        return self._beside(files, "share.py", "share")

    def covering(self, files: Mapping[str, bytes]) -> Program:
        """Asked for the lines that run."""
        return self._beside(files, "cover.py", "cover")

    def bare(self, files: Mapping[str, bytes]) -> Program:
        """Asked as it is: for timing."""
        if self.target.is_method:
            named = {**runnable(files), "successor_target.py": self._naming()}
            return Program(named, "successor_target.py:function")
        return Program(runnable(files), f"{self.target.path}:{self.target.entry}")

    def constant(self) -> Program:
        """A function of the same name that does nothing with what it is given."""
        name = self.target.entry.rpartition(".")[2]
        text = f"def {name}(*given, **named):\n    return None\n"
        return Program({self.target.path: text.encode()}, f"{self.target.path}:{name}")

    def _beside(self, files: Mapping[str, bytes], name: str, entry: str) -> Program:
        added = {
            "successor_target.py": self._naming(),
            f"successor_{name}": inside(name),
        }
        return Program({**runnable(files), **added}, f"successor_{name}:{entry}")

    def _naming(self) -> bytes:
        first, _, rest = self.target.entry.partition(".")
        lines = [f"from {self.target.module} import {first} as home"]
        if self.target.is_method:
            above, _, name = f".{rest}".rpartition(".")
            lines.append(
                f"def function(*given, **named): return home{above}().{name}(*given, **named)"
            )
        else:
            lines.append(f"function = home{'.' if rest else ''}{rest}")
        return "\n".join(lines).encode()
