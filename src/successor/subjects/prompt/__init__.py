"""The subject `prompt`: what a language model is told, or the scaffold that asks it, improves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from successor.subjects.prompt.opening import Opening
from successor.subjects.prompt.settings import Settings
from successor.subjects.prompt.subject import PromptSubject, Trace
from successor.validation import validated


def prompt(settings: Mapping[str, object], folder: Path, goal: str = "") -> PromptSubject:
    """The prompt or scaffold that a lab names.

    Raises:
        UsageError: when a setting is wrong, or what it names is not there.
    """
    return PromptSubject(validated(Settings, "subject", settings), folder, goal, Opening())


__all__ = ["PromptSubject", "Settings", "Trace", "prompt"]
