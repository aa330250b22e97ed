"""One run of the evaluator: what the metric is, or why there is none.

Its files come from the lab's folder each time, and the run's folder is gone afterwards: nothing
that a version writes lasts. What the version does while it runs is the evaluator's to watch.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias, cast

from successor.errors import SuccessorError, UsageError
from successor.sandbox import (
    CommandResult,
    Confinement,
    Limits,
    Sandbox,
    SandboxError,
    open_sandbox,
)
from successor.subjects.script.settings import Settings

LEAST, WORST = 1e-12, 1e12
"""Costs are cut off here, so that any two have a ratio; a failed run costs the most."""
Direction: TypeAlias = Literal["lower", "higher"]
_WORDS: Mapping[Direction, str] = {
    "lower": r"lower|less|fewer|smaller|reduced?|decreased?|minimi[sz]ed?",
    "higher": r"higher|more|larger|greater|increased?|maximi[sz]ed?",
}
NOT_STARTED = 127
"""Exit code of a shell, and of the sandbox, for a command that is not there or is no program."""
_REMEMBERED = 1024
_MOST_TOLD = 200
_NOT_READ = frozenset({"successor.toml", "report.html"})


@dataclass(frozen=True)
class Run:
    """What came of one run."""

    cost: float
    """Lower is better: the metric, or one over it where higher is better; in [LEAST, WORST]."""
    why: str = ""
    """Why there is no metric, in a line; "" when there is one."""


@dataclass
class Evaluator:
    """Runs the command on texts of the target."""

    settings: Settings
    folder: Path
    beside: Mapping[str, bytes]
    """All files of the lab but the target, as they were when it was opened."""
    direction: Direction
    unsafe: bool = False
    """Whether the sandbox may be one that is not trusted, where there is no bubblewrap."""
    weakest: Confinement | None = None
    """The least trusted that was opened."""
    _known: dict[tuple[str, int], Run] = field(default_factory=dict[tuple[str, int], Run])

    @cached_property
    def _sandbox(self) -> Sandbox:
        try:
            found = _opened(unsafe=self.unsafe)
        except SandboxError as error:
            told = f"[subject] evaluator: commands run in the bubblewrap tier only: {error}"
            raise SuccessorError(told) from error
        if self.weakest is None or self.weakest.trusted:
            self.weakest = found.record()
        return found

    def close(self) -> None:
        """End the sandbox."""
        if "_sandbox" in self.__dict__:
            self.__dict__.pop("_sandbox").close()

    def run(self, source: str, seed: int) -> Run:
        """What a text comes to with an evaluation seed; asked again, what it came to before.

        Raises:
            SuccessorError: when there is no adequate sandbox, or the files are too large for it.
        """
        key = (sha256(source.encode()).hexdigest(), seed)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self._run(source, seed)
        return self._known[key]

    def _run(self, source: str, seed: int) -> Run:
        told = self.settings
        limits = Limits(
            wall_s=told.wall_s,
            cpu_s=told.wall_s * (os.cpu_count() or 1),
            memory_bytes=told.memory_mb << 20,
            files_bytes=told.files_mb << 20,
        )
        files = {**self.beside, told.target: source.encode()}
        env = {"SUCCESSOR_SEED": str(seed)}
        try:
            result = self._sandbox.command(told.evaluator, files, limits, env)
        except SandboxError as error:
            raise SuccessorError(f"[subject] evaluator: {error}") from error
        try:
            return Run(self._cost(_metric(result, told)))
        except ValueError as error:
            return Run(WORST, str(error))

    def _cost(self, metric: float) -> float:
        cost = metric if self.direction == "lower" else 1.0 / max(metric, LEAST)
        return min(max(cost, LEAST), WORST)


def _opened(*, unsafe: bool) -> Sandbox:
    try:
        return open_sandbox("bubblewrap")
    except SandboxError:
        if not unsafe:
            raise
        return open_sandbox("container", allow_unsafe=True)


def read_evaluator(settings: Settings, folder: Path, goal: str) -> Evaluator:
    """The evaluator that a lab names.

    Raises:
        UsageError: when the target is not there, or the goal does not say what is better.
    """
    path = (folder / settings.target).resolve()
    where = f"[subject] target = {settings.target!r}"
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise UsageError(f"{where}: is no file in {folder}")
    target = path.relative_to(folder.resolve()).as_posix()
    if target != settings.target:
        raise UsageError(f"{where}: should be spelled {target!r}")
    if target in settings.evaluator[:2]:
        raise UsageError(f"[subject] evaluator: runs {target}, which would measure itself")
    beside = {name: data for name, data in _files(folder).items() if name != target}
    return Evaluator(settings, folder, beside, read_direction(goal, settings.metric))


def read_direction(goal: str, metric: str) -> Direction:
    """What a goal wants of the metric.

    Raises:
        UsageError: when it does not say.
    """
    spelled = re.escape(metric).replace("_", "[_ ]")
    for rest in (rf"( the)? {spelled}\b", r"\b"):
        found: list[Direction] = [
            way for way, words in _WORDS.items() if re.search(rf"\b({words}){rest}", goal.lower())
        ]
        if len(found) == 1:
            return found[0]
    told = f'say "lower {metric}" or "higher {metric}"'
    raise UsageError(f"[lab] goal = {goal!r}: which way is {metric} better? {told}")


def _files(folder: Path) -> Mapping[str, bytes]:
    """All files of a lab but hidden ones, caches, the lab file and the report on it."""
    found = dict[str, bytes]()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
        if not hidden and path.is_file() and name.as_posix() not in _NOT_READ:
            found[name.as_posix()] = path.read_bytes()
    return found


def _metric(result: CommandResult, settings: Settings) -> float:
    """The number of that name in the last line.

    Raises:
        ValueError: when the run failed or there is none, and why.
    """
    name = settings.metric
    if result.status != "ok" or result.exit_code:
        raise ValueError(_line(f"the evaluator: {_ended(result, settings)}", result.stderr))
    lines = result.stdout.strip().splitlines() or [b""]
    try:
        told: object = json.loads(lines[-1])
    except (ValueError, RecursionError):
        raise ValueError(_line("the evaluator's last line is no JSON", lines[-1])) from None
    if not isinstance(told, dict) or name not in told:
        raise ValueError(_line(f"the evaluator told no {name}", lines[-1]))
    found: object = cast("dict[str, object]", told)[name]
    if (
        isinstance(found, int | float)
        and not isinstance(found, bool)
        and 0 <= found <= sys.float_info.max
    ):
        return float(found)
    raise ValueError(f"{name} is {found!r}"[:_MOST_TOLD] + ": should be finite and at least 0")


def _ended(result: CommandResult, settings: Settings) -> str:
    match result.status:
        case "timeout":
            return f"timeout, as it may take {settings.wall_s:g} s (wall_s)"
        case "output":
            return "printed too much"
        case "ok" if result.exit_code == NOT_STARTED and not result.stderr:
            return f"ended with 127, as {settings.evaluator[0]!r} cannot be started in the sandbox"
        case "ok":
            return f"ended with {result.exit_code}"
        case other:
            return other


def _line(what: str, said: bytes) -> str:
    """What happened, with the last line of what was said, printable."""
    lines = said[-4000:].decode("utf-8", "replace").strip().splitlines()
    shown = "".join(each if each.isprintable() else " " for each in (lines or [""])[-1])
    return f"{what}{': ' if shown else ''}{shown[:_MOST_TOLD]}"
