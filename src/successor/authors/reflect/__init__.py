"""The author `reflect`: prompts and scaffolds, changed for what became of them."""

from __future__ import annotations

from collections.abc import Mapping

from successor.authors.llm.models import Providers
from successor.authors.reflect.author import ReflectAuthor
from successor.authors.reflect.practice import practice_of
from successor.authors.reflect.settings import Settings
from successor.types import Subject
from successor.validation import validated


def reflect(settings: Mapping[str, object], subject: Subject) -> ReflectAuthor:
    """The author of a lab whose subject is a prompt.

    Raises:
        UsageError: when a setting is unknown or out of its range.
    """
    checked = validated(Settings, "author", settings)
    return ReflectAuthor(practice_of(subject, ReflectAuthor.name), checked, Providers())


__all__ = ["ReflectAuthor", "Settings", "reflect"]
