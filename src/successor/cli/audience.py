"""Who follows a run: a program that reads JSON lines, a person at a terminal, a log file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import click
from rich.console import Console
from rich.live import Live

from successor.cli.options import echo_json, plain
from successor.cli.view import (
    Scene,
    Step,
    View,
)
from successor.showing.figures import duration, evidence, metric, number, told_measures
from successor.showing.generation import NOTHING_TO_TRY, Generation

EVERY_S = 10.0
"""How often a run says how far it is where there is no live view."""


class Audience(Protocol):
    """Someone who is told of every change, when the scene has taken it in."""

    def progress(self, scene: Scene) -> None: ...
    def ended(self, generation: Generation) -> None: ...
    def noticed(self, text: str) -> None:
        """Something that is not on record, such as that Ctrl-C was heard."""

    def finished(self, summary: dict[str, Any], told: str) -> None:
        """The session is over: what came of it as data, and in a few lines of prose."""

    def close(self) -> None: ...


class JsonLines:
    """One object for each generation on stdout, flushed at once, and a last one for the run."""

    def __init__(self) -> None:
        self._stdout = sys.stdout  # of now: during a run what parts print goes to stderr

    def progress(self, scene: Scene) -> None:
        """Programs are told of results only."""

    def noticed(self, text: str) -> None:
        """Nor of this."""

    def ended(self, generation: Generation) -> None:
        self._write(asdict(generation))

    def finished(self, summary: dict[str, Any], told: str) -> None:
        self._write(summary)

    def close(self) -> None:
        """Nothing was opened."""

    def _write(self, line: dict[str, Any]) -> None:
        echo_json(line, self._stdout)


class Terminal:
    """The live view, on stderr."""

    def __init__(self, console: Console, scene: Scene) -> None:
        self._console = console
        self._live = Live(View(scene), console=console, refresh_per_second=4)
        self._live.start()

    def progress(self, scene: Scene) -> None:
        """The view draws itself, several times a second."""

    def noticed(self, text: str) -> None:
        """The same: it is in the scene."""

    def ended(self, generation: Generation) -> None:
        self._live.refresh()

    def finished(self, summary: dict[str, Any], told: str) -> None:
        self.close()
        self._console.print(told, markup=False, highlight=False)

    def close(self) -> None:
        self._live.stop()


@dataclass
class Lines:
    """Plain lines on stderr: every generation, and now and then how far it is."""

    clock: Callable[[], float] = time.monotonic
    _told_s: float = float("-inf")
    _stage: str = ""

    def progress(self, scene: Scene) -> None:
        step, now = scene.step, self.clock()
        if step is None or (step.stage == self._stage and now - self._told_s < EVERY_S):
            return
        if now - self._told_s < 1.0:
            return
        self._stage, self._told_s = step.stage, now
        self.noticed(f"generation {scene.number}: {told_step(step, scene.left_s(step))}")

    def noticed(self, text: str) -> None:
        with suppress(OSError):  # a log on a full disk is no reason to end a run
            click.echo(plain(text), err=True)

    def ended(self, generation: Generation) -> None:
        self.noticed(told_generation(generation))

    def finished(self, summary: dict[str, Any], told: str) -> None:
        self.noticed(told)

    def close(self) -> None:
        """Nothing was opened."""


def told_step(step: Step, left_s: float | None) -> str:
    """How far a step is, as far as it can be told: `training 62%, 18s left, loss 0.021`."""
    parts = [f"{step.stage} {step.share:.0%}" if step.total > 0 else step.stage]
    if left_s is not None:
        parts.append(f"{duration(left_s)} left")
    return ", ".join([*parts, *(f"{metric(key)} {number(value)}" for key, value in step.figures)])


def told_generation(generation: Generation) -> str:
    """A generation in a line."""
    parts = [f"generation {generation.generation}: {generation.decision} {generation.version[:8]}"]
    if generation.measured:
        parts.append(told_measures(generation.measured))
    if generation.e_value is not None:
        parts.append(f"e-value {evidence(generation)}")
    told = ", ".join([*parts, duration(generation.seconds)])
    no_use = generation.decision == "no candidate" and generation.reason != NOTHING_TO_TRY
    return f"{told}: {generation.reason}" if no_use else told


def audience(scene: Scene, *, as_json: bool, quiet: bool) -> list[Audience]:
    """Who is there: stdout for a program, stderr for a person or a log file."""
    told: list[Audience] = [JsonLines()] if as_json else []
    if quiet:
        return told
    console = Console(stderr=True)
    # JSON on the same terminal would tear the picture apart.
    shared = as_json and sys.stdout.isatty()
    live = sys.stderr.isatty() and not console.is_dumb_terminal and not shared
    return [*told, Terminal(console, scene) if live else Lines()]
