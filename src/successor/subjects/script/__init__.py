"""A file whose versions a command evaluates: a training script, a configuration, any language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from successor.subjects.script.evaluator import read_evaluator
from successor.subjects.script.settings import Settings
from successor.subjects.script.subject import ScriptSubject
from successor.validation import validated


def script(settings: Mapping[str, object], folder: Path, goal: str = "") -> ScriptSubject:
    """The file that a lab names, with what evaluates it.

    Raises:
        UsageError: when a setting is wrong, or what it names is not there.
    """
    told = validated(Settings, "subject", settings)
    return ScriptSubject(read_evaluator(told, folder, goal), goal)


__all__ = ["ScriptSubject", "Settings", "script"]
