"""The author `llm`: language models write; the rest of the house does not believe them."""

from __future__ import annotations

from collections.abc import Mapping

from successor.authors.llm.author import LLMAuthor
from successor.authors.llm.models import Providers
from successor.authors.llm.settings import Settings
from successor.authors.workshop import workshop_of
from successor.types import Subject
from successor.validation import validated


def llm(settings: Mapping[str, object], subject: Subject) -> LLMAuthor:
    """The author of a lab whose subject is a program.

    Raises:
        UsageError: when a setting is unknown or out of its range.
    """
    checked = validated(Settings, "author", settings)
    return LLMAuthor(workshop_of(subject, LLMAuthor.name), checked, Providers())


__all__ = ["LLMAuthor", "Settings", "llm"]
