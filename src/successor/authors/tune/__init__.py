"""The author `tune`: the numbers in a program, searched with CMA-ES."""

from __future__ import annotations

from collections.abc import Mapping

from successor.authors.tune.author import TuneAuthor
from successor.authors.tune.settings import Settings
from successor.authors.workshop import workshop_of
from successor.types import Subject
from successor.validation import validated


def tune(settings: Mapping[str, object], subject: Subject) -> TuneAuthor:
    """The author of a lab whose subject is a program.

    Raises:
        UsageError: when a setting is unknown or out of its range.
    """
    checked = validated(Settings, "author", settings)
    return TuneAuthor(workshop_of(subject, TuneAuthor.name), checked)


__all__ = ["Settings", "TuneAuthor", "tune"]
