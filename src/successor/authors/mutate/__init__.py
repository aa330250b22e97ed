"""The author `mutate`: single small repairs of the lines that failing tests run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from successor.authors.mutate.author import MutateAuthor, Suspecting
from successor.authors.mutate.settings import Settings
from successor.authors.workshop import workshop_of
from successor.types import Subject
from successor.validation import require_able, validated


def mutate(settings: Mapping[str, object], subject: Subject) -> MutateAuthor:
    """The author of a lab whose program is to be repaired.

    Raises:
        UsageError: when a setting is unknown or out of its range, or the subject suspects no line.
    """
    checked = validated(Settings, "author", settings)
    workshop_of(subject, MutateAuthor.name)
    require_able(subject, ("suspects",), '[author] kind = "mutate": repairs functions with tests')
    return MutateAuthor(cast("Suspecting", subject), checked)


__all__ = ["MutateAuthor", "Settings", "mutate"]
