"""Runs of agents on tasks, as counts: memory grows with agents times tasks, not with runs.

What a run scored enters a fit only through sums over the runs of one task, so that a gigabyte of
runs is kept as a table of (agent, task).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias, get_args

from successor.errors import UsageError

HackPolicy: TypeAlias = Literal["fail", "pass", "drop"]
"""What a run counts for that got its score by cheating: a failure, a success, or nothing."""
HACK_POLICIES: tuple[HackPolicy, ...] = get_args(HackPolicy)
HUMAN = "human"
"""The agent of METR's baselines: its tasks are drawn from, and it is in no trend."""
_KEPT = 3
"""Decimals of a graded score by which resampling tells runs apart; the sums are exact."""


@dataclass(frozen=True)
class Run:
    """One attempt."""

    agent: str
    task: str
    family: str
    size: float
    """Of the task, above 0: minutes that a human takes, digits, lines."""
    score: float
    """In [0, 1]."""
    hacked: bool = False
    """Whether the score was got by cheating."""
    released: date | None = None
    """Of the agent, where the row says so."""


@dataclass
class Tallied:
    """Runs of one agent on one task."""

    count: int = 0
    total: float = 0.0
    """Sum of their scores."""
    scores: Counter[float] = field(default_factory=Counter[float])

    def add(self, score: float, times: int = 1) -> None:
        """Count runs of one score."""
        self.count += times
        self.total += score * times
        self.scores[round(score, _KEPT)] += times


@dataclass(frozen=True)
class Task:
    """What is attempted."""

    name: str
    family: str
    size: float


@dataclass(frozen=True)
class Cell:
    """What an agent made of a task, with the weight of each of its runs."""

    task: Task
    runs: Tallied
    weight: float


@dataclass
class Runs:
    """A table of runs, grown one at a time."""

    unit: str = "minutes"
    """Of sizes."""
    fixed: bool = False
    """The sizes were chosen, not drawn from all there are: every run weighs the same, and only
    runs are resampled."""
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    released: dict[str, float] = field(default_factory=dict[str, float])
    """When an agent came: the ordinal of a day, or minutes of a lab's work."""
    hacks: int = 0
    """Runs that are marked as cheating."""
    total: int = 0
    notes: list[str] = field(default_factory=list[str])
    _cells: dict[tuple[str, str], tuple[Tallied, Tallied]] = field(
        default_factory=dict[tuple[str, str], tuple[Tallied, Tallied]]
    )
    """By agent and task: honest runs, and marked ones."""

    def add(self, run: Run, times: int = 1) -> None:
        """Take in a run.

        Raises:
            ValueError: in words that fit after the place where the run stands.
        """
        _require_sound(run)
        task = self.tasks.setdefault(run.task, Task(run.task, run.family, run.size))
        if task.size != run.size:
            raise ValueError(
                f"task {run.task!r} has size {run.size:g}, and {task.size:g} in an earlier run"
            )
        if task.family != run.family:
            raise ValueError(
                f"task {run.task!r} is of family {run.family!r}, and of {task.family!r} earlier"
            )
        if run.released is not None:
            day = float(run.released.toordinal())
            if self.released.setdefault(run.agent, day) != day:
                raise ValueError(f"agent {run.agent!r} has two release dates")
        honest, marked = self._cells.setdefault((run.agent, run.task), (Tallied(), Tallied()))
        (marked if run.hacked else honest).add(run.score, times)
        self.hacks += times * run.hacked
        self.total += times

    def agents(self) -> list[str]:
        """All agents, by name."""
        return sorted({agent for agent, _ in self._cells})

    def cells(self, policy: HackPolicy) -> dict[str, list[Cell]]:
        """By agent, what it made of every task, with METR's weights.

        A run weighs 1 / (runs of its task * sqrt(tasks of its family)), over the sum of that, all
        counted for that agent alone and after the policy.
        """
        counted: dict[str, list[tuple[Task, Tallied]]] = {agent: [] for agent in self.agents()}
        for (agent, name), (honest, marked) in self._cells.items():
            kept = _under(policy, honest, marked)
            if kept.count:
                counted[agent].append((self.tasks[name], kept))
        return {agent: [*_weighted(rows, fixed=self.fixed)] for agent, rows in counted.items()}


def _under(policy: HackPolicy, honest: Tallied, marked: Tallied) -> Tallied:
    if not marked.count or policy == "drop":
        return honest
    both = Tallied(honest.count, honest.total, Counter(honest.scores))
    both.add(1.0 if policy == "pass" else 0.0, marked.count)
    return both


def _weighted(rows: list[tuple[Task, Tallied]], *, fixed: bool) -> Iterator[Cell]:
    families = Counter(task.family for task, _ in rows)
    raw = [
        1.0 if fixed else 1.0 / (runs.count * math.sqrt(families[task.family]))
        for task, runs in rows
    ]
    whole = math.fsum(weight * runs.count for weight, (_, runs) in zip(raw, rows, strict=True))
    for weight, (task, runs) in zip(raw, rows, strict=True):
        yield Cell(task, runs, weight / whole)


def _require_sound(run: Run) -> None:
    if not run.agent:
        raise ValueError("no agent")
    if not (math.isfinite(run.size) and run.size > 0):
        raise ValueError(f"size {run.size:g}: should be above 0 and finite")
    if not 0.0 <= run.score <= 1.0:
        raise ValueError(f"score {run.score:g}: should be between 0 and 1")


def require_policy(policy: HackPolicy | None, hacks: int, runs: int) -> HackPolicy:
    """The policy, which nobody may leave open.

    Raises:
        UsageError: when none was chosen.
    """
    if policy in HACK_POLICIES:
        return policy
    raise UsageError(
        f"{hacks:,} of {runs:,} runs are marked as reward hacks: choose what they count for.\n"
        "--hack-policy fail, as METR does, pass or drop; horizons can more than double with it."
    )


def dated(runs: Runs, dates: Mapping[str, date]) -> None:
    """Give agents their release dates, where rows have none."""
    for agent in runs.agents():
        if agent in dates:
            runs.released.setdefault(agent, float(dates[agent].toordinal()))
