"""Two versions of a program on the same inputs: do they agree, and which is how much faster.

The versions take turns in the sandbox, each batch in a process of its own that was warmed up on
another input; CPU time is taken outside, less what it takes to write the answers down, as in a
race. What comes out is the geometric mean of the ratios, with a 95% interval by Student's t. No
judge is asked: this is a second opinion on what a run promoted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

from successor.sandbox import Call, Limits, Program, Result, Sandbox
from successor.subjects.program import writing
from successor.subjects.program.agreement import agrees
from successor.subjects.program.timing import took

TOLERANCE = 1e-9
"""Largest relative difference between floats that agree, as in labs."""


@dataclass(frozen=True)
class Ratio:
    """How many times less one costs than another; 1 is equal, 2 is half the cost."""

    times: float
    low: float
    high: float
    pairs: int

    def told(self) -> str:
        """As tables show it."""
        return f"{amount(self.times)} ({amount(self.low)} to {amount(self.high)})"


@dataclass(frozen=True)
class Compared:
    """A last version beside the first."""

    agreeing: int
    asked: int
    faster: Ratio | None
    """None when a batch of either came to nothing."""


def amount(times: float) -> str:
    """A ratio with as many digits as mean something."""
    return f"{times:,.0f}" if times >= 100 else f"{times:.1f}" if times >= 10 else f"{times:.2f}"


def ratio(first: Sequence[float], last: Sequence[float]) -> Ratio | None:
    """The geometric mean of first / last, pair by pair; None without two pairs above 0."""
    logs = [math.log(a / b) for a, b in zip(first, last, strict=True) if a > 0 and b > 0]
    if len(logs) < 2:
        return None
    mean = sum(logs) / len(logs)
    spread = math.sqrt(sum((each - mean) ** 2 for each in logs) / (len(logs) - 1) / len(logs))
    reach = float(stdtrit(len(logs) - 1, 0.975)) * spread
    return Ratio(math.exp(mean), math.exp(mean - reach), math.exp(mean + reach), len(logs))


def compared(
    sandbox: Sandbox,
    versions: tuple[Program, Program],
    batches: Sequence[Sequence[Call]],
    limits: Limits,
) -> Compared:
    """Put every batch to both, the first version first in every second one."""
    agreeing, asked, times = 0, 0, list[tuple[float, float]]()
    for number, calls in enumerate(batches):
        warm = batches[number - 1][:1]
        order = (0, 1) if number % 2 else (1, 0)
        found = {which: answers(sandbox, versions[which], warm, calls, limits) for which in order}
        asked += len(calls)
        agreeing += sum(same(found[0], found[1], len(calls)))
        if found[0].status == found[1].status == "ok":
            written = writing.seconds(sandbox, limits, [found[0]])
            first, last = (writing.without(took(found[which]), written) for which in (0, 1))
            times.append((first, last))
    whole = len(times) == len(batches)
    faster = ratio([a for a, _ in times], [b for _, b in times]) if whole else None
    return Compared(agreeing, asked, faster)


def answers(
    sandbox: Sandbox,
    program: Program,
    warm: Sequence[Call],
    calls: Sequence[Call],
    limits: Limits,
) -> Result:
    """One batch, in a fresh process."""
    with sandbox.session(program, limits) as session:
        session.ask(warm)
        return session.ask(calls)


def same(first: Result, last: Result, calls: int) -> Iterator[bool]:
    """Whether they agree, call by call; an answer that is missing agrees with nothing."""
    for number in range(calls):
        there = number < min(len(first.outcomes), len(last.outcomes))
        yield there and agrees(last.outcomes[number], first.outcomes[number], TOLERANCE)


def program(files: Mapping[str, bytes], path: str, function: str) -> Program:
    """A function of a version."""
    return Program(files, f"{path}:{function}")
