"""What a person sees of a running lab: a table of generations over a progress bar.

Drawn from a `Scene` alone, which is filled from the ledger's events and progress.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from successor.cli.options import plain
from successor.showing.figures import duration, evidence, metric, number, short
from successor.showing.generation import Generation
from successor.types import Figures

ROWS = 12
"""Generations shown; the oldest scroll away."""
_STYLE = {"promoted": "green", "first": "cyan", "quarantined": "bold red", "waiting": "yellow"}
_BLOCKS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True)
class Step:
    """What is being done at this moment."""

    stage: str
    done: float
    total: float
    figures: tuple[tuple[str, float | int | str], ...]
    began: float
    """Clock when this stage began, in seconds."""
    done_at_start: float

    @property
    def share(self) -> float:
        """How much of the stage is done, in [0, 1]."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0

    def left_s(self, now: float) -> float | None:
        """Seconds left at the pace so far; None before there is a pace."""
        made = self.done - self.done_at_start
        if made <= 0 or self.total <= 0:
            return None
        return (now - self.began) / made * (self.total - self.done)


@dataclass
class Scene:
    """Everything that a view shows, kept up to date by the session's listener."""

    goal: str
    target: tuple[str, float] | None
    budget_s: float | None
    spent_before_s: float = 0.0
    """Working time of earlier sessions."""
    number: int = 0
    step: Step | None = None
    notice: str = ""
    """Something to tell below the picture."""
    over: bool = False
    generations: list[Generation] = field(default_factory=list[Generation])
    clock: Callable[[], float] = time.monotonic
    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def spent_s(self) -> float:
        """Working time of all sessions until now."""
        return self.spent_before_s + self.clock() - self.began

    def left_s(self, step: Step) -> float | None:
        """Seconds left of a step, which the wall clock may cut short; None when unknown."""
        left = step.left_s(self.clock())
        if left is None or self.budget_s is None:
            return left
        return min(left, max(0.0, self.budget_s - self.spent_s))

    def progress(self, stage: str, done: float, total: float, figures: Figures) -> None:
        """Take in a progress report; a new stage, or one that starts over, restarts the pace."""
        step, now = self.step, self.clock()
        if step is None or step.stage != stage or done < step.done or total != step.total:
            step = Step(stage, done, total, (), now, done)
        self.step = replace(step, done=done, figures=tuple(figures.items()))

    def generation_ended(self, generation: Generation) -> None:
        """Take in a row of the table."""
        self.generations.append(generation)
        self.step = None


class View:
    """The live picture of a scene; rich asks for it several times a second."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        parts: list[RenderableType] = [header(self.scene)]
        if self.scene.generations:
            parts.append(
                table(
                    self.scene.generations[-ROWS:],
                    self.scene.target,
                    options.max_width,
                    ascii_only=options.ascii_only,
                )
            )
        else:
            parts.append(Text())
        if not self.scene.over:
            parts.append(now_line(self.scene, options.max_width))
            parts.append(Text(self.scene.notice, style="yellow"))
        yield Group(*parts)


@dataclass(frozen=True)
class Bar:
    """A share in [0, 1] as a bar over the width that it is given."""

    share: float
    style: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        text = blocks(self.share, options.max_width, ascii_only=options.ascii_only)
        yield Text(text.ljust(options.max_width), style=self.style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(4, options.max_width)


def header(scene: Scene) -> Table:
    """Goal, target and the budget that is left."""
    grid = Table.grid(expand=True, padding=(0, 2, 0, 0))
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    grid.add_column(justify="right", no_wrap=True)
    spent = duration(scene.spent_s)
    if scene.budget_s is not None:
        spent += f" of {duration(scene.budget_s)}"
    goal = Text(plain(scene.goal), style="bold")
    if scene.target:
        goal.append(
            f"  until {metric(scene.target[0])} {number(scene.target[1])}", style="not bold dim"
        )
    grid.add_row(goal, Text(spent, style="dim"))
    return grid


def table(
    generations: Sequence[Generation],
    target: tuple[str, float] | None,
    width: int,
    *,
    ascii_only: bool,
) -> Table:
    """Generations, each with its measures, the first on a log scale, and its evidence."""
    rows = Table(
        box=box.ASCII2 if ascii_only else box.SIMPLE_HEAD,
        expand=True,
        padding=(0, 1),
        pad_edge=False,
    )
    known = [row.headline[1] for row in generations if row.headline]
    measured = next((row.measured for row in generations if row.measured), dict[str, float]())
    names = [short(name) for name in measured]
    goal = target[1] if target and target[0] in measured else 2.0
    top = max([2.0, *known, goal])
    first, second, *_ = [*names, "measure", ""]
    headings = {"first": first, "second": second}
    for heading, justify, style, narrowest in _COLUMNS:
        if width < narrowest:
            continue
        ratio = 1 if heading == " " else None
        shown = headings.get(heading, heading.strip())
        rows.add_column(shown, justify=justify, style=style, no_wrap=True, ratio=ratio)
    for row in generations:
        cells = zip(_cells(row, top), _COLUMNS, strict=True)
        shown = (cell for cell, column in cells if width >= column[3])
        rows.add_row(*shown)
    return rows


_COLUMNS: tuple[tuple[str, Literal["left", "right"], str, int], ...] = (
    ("gen", "right", "", 0),
    ("version", "left", "dim", 90),
    ("first", "right", "", 0),
    (" ", "left", "", 70),
    ("second", "right", "", 60),
    ("e-value / needed", "right", "", 0),
    ("decision", "left", "", 0),
    ("time", "right", "dim", 70),
)
"""Heading, alignment, style, and the narrowest terminal that shows the column."""


def _cells(row: Generation, top: float) -> tuple[RenderableType, ...]:
    style = _STYLE.get(row.decision, "dim")
    first, second = [*row.measured.values(), None, None][:2]
    return (
        str(row.generation),
        row.version[:8],
        number(first),
        Bar(log_share(first, top), style),
        number(second),
        evidence(row),
        Text(row.decision, style=style),
        duration(row.seconds),
    )


def now_line(scene: Scene, width: int) -> RenderableType:
    """Generation, stage, progress bar, time left and the stage's own figures."""
    step = scene.step
    head = Text(f"generation {scene.number}", style="bold")
    if step is None:
        return head
    left = scene.left_s(step)
    line = Table.grid(padding=(0, 2, 0, 0))
    line.add_column(no_wrap=True)
    line.add_column(width=max(6, width // 5))
    for _ in range(2):
        line.add_column(no_wrap=True)
    line.add_row(
        head.append(f"  {step.stage}", style="not bold cyan"),
        Bar(step.share, "magenta"),
        f"{step.share:4.0%}" if step.total > 0 else "",
        Text(f"{duration(left)} left" if left is not None else "", style="dim"),
    )
    figures = "   ".join(f"{metric(key)} {number(value)}" for key, value in step.figures)
    return Group(line, Text(plain(figures), style="dim", no_wrap=True, overflow="ellipsis"))


def log_share(value: float | None, top: float) -> float:
    """How far the logarithm of `value` goes toward that of `top`, in [0, 1]."""
    if value is None or value <= 1 or top <= 1:
        return 0.0
    return min(1.0, math.log(value) / math.log(top))


def blocks(share: float, cells: int, *, ascii_only: bool = False) -> str:
    """A bar of `share` of so many character cells, to the eighth of a cell."""
    eighths = round(share * cells * 8)
    if ascii_only:
        return "#" * round(eighths / 8)
    return "█" * (eighths // 8) + _BLOCKS[eighths % 8].strip()
