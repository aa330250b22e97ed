"""The subject `improver`: the code that makes other things better improves itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from successor.subjects.improver.settings import Settings
from successor.subjects.improver.subject import ImproverSubject
from successor.validation import validated


def improver(settings: Mapping[str, object], folder: Path, goal: str = "") -> ImproverSubject:
    """The improver that a lab names.

    Raises:
        UsageError: when a setting is wrong, or what it names is not there.
    """
    return ImproverSubject(validated(Settings, "subject", settings), folder, goal)


__all__ = ["ImproverSubject", "Settings", "improver"]
