"""The author `itself`: an improver that is at work on its own code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from successor.authors.itself.author import ItselfAuthor, SelfImproving
from successor.authors.itself.settings import Settings
from successor.authors.workshop import workshop_of
from successor.types import Subject
from successor.validation import require_able, validated


def itself(settings: Mapping[str, object], subject: Subject) -> ItselfAuthor:
    """The author of a lab whose subject is an improver.

    Raises:
        UsageError: when a setting is unknown or out of its range, or the subject is none.
    """
    checked = validated(Settings, "author", settings)
    told = '[author] kind = "itself": what improves here has to be an improver'
    require_able(subject, ("pursue",), told)
    return ItselfAuthor(cast("SelfImproving", workshop_of(subject, ItselfAuthor.name)), checked)


__all__ = ["ItselfAuthor", "Settings", "itself"]
