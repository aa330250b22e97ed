"""The subject `program`: a Python function or file that becomes faster, more accurate, smaller."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from successor.subjects.program.goals import read_goal
from successor.subjects.program.ground import read_lab
from successor.subjects.program.results import Answered, Heat, Screening
from successor.subjects.program.settings import Settings
from successor.subjects.program.subject import ProgramSubject
from successor.subjects.program.target import read_target
from successor.subjects.script import ScriptSubject, script
from successor.validation import validated


def program(
    settings: Mapping[str, object], folder: Path, goal: str = ""
) -> ProgramSubject | ScriptSubject:
    """The program that a lab names: a function, or a file that a command evaluates.

    Raises:
        UsageError: when a setting is wrong, or what it names is not there.
    """
    if "evaluator" in settings:
        return script(settings, folder, goal)
    return function(settings, folder, goal)


def function(settings: Mapping[str, object], folder: Path, goal: str = "") -> ProgramSubject:
    """The program, when its functions are asked.

    Raises:
        UsageError: as `program`.
    """
    told = validated(Settings, "subject", settings)
    target = read_target(told.target, told.entry, folder)
    otherwise = "cost" if told.cost else "speed"
    return ProgramSubject(read_lab(told, target, folder), read_goal(goal, otherwise))


__all__ = ["Answered", "Heat", "ProgramSubject", "Screening", "Settings", "function", "program"]
