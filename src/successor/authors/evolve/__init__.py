"""The author `evolve`: genetic programming, for programs whose goal is a score."""

from __future__ import annotations

from collections.abc import Mapping

from successor.authors.evolve.author import EvolveAuthor
from successor.authors.evolve.settings import Settings
from successor.authors.workshop import workshop_of
from successor.types import Subject
from successor.validation import validated


def evolve(settings: Mapping[str, object], subject: Subject) -> EvolveAuthor:
    """The author of a lab whose subject is a program.

    Raises:
        UsageError: when a setting is unknown or out of its range.
    """
    checked = validated(Settings, "author", settings)
    return EvolveAuthor(workshop_of(subject, EvolveAuthor.name), checked)


__all__ = ["EvolveAuthor", "Settings", "evolve"]
