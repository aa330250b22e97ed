"""The author `language_training`: a language model trains its successor on its right answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from successor.authors.language.author import LanguageTrainingAuthor
from successor.authors.language.learner import LanguageLearner
from successor.authors.language.settings import Settings
from successor.types import Subject
from successor.validation import require_able, validated


def language_training(settings: Mapping[str, object], subject: Subject) -> LanguageTrainingAuthor:
    """The author of a lab whose subject is a language model.

    Raises:
        UsageError: when a setting is unknown or out of its range, or the subject is none.
    """
    checked = validated(Settings, "author", settings)
    told = '[author] kind = "language_training": trains language models ("model/causal_lm")'
    require_able(subject, ("attempt", "train", "trainable"), told)
    return LanguageTrainingAuthor(cast("LanguageLearner", subject), checked)


__all__ = ["LanguageLearner", "LanguageTrainingAuthor", "Settings", "language_training"]
