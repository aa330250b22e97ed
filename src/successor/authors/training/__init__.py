"""The author `training`: the model writes its successor by training on what it generates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from successor.authors.training.author import TrainingAuthor
from successor.authors.training.learner import Learner
from successor.authors.training.settings import Settings
from successor.authors.training.strategies import strategy
from successor.types import Subject
from successor.validation import require_able, validated


def training(settings: Mapping[str, object], subject: Subject) -> TrainingAuthor:
    """The author of a lab whose subject can learn.

    Raises:
        UsageError: when a setting is unknown or out of its range, or the subject is no model.
    """
    checked = validated(Settings, "author", settings)
    told = '[author] kind = "training": trains models; for this subject: "search"'
    require_able(subject, ("load", "pose", "decompose", "train"), told)
    return TrainingAuthor(cast("Learner", subject), checked, strategy(checked))


__all__ = ["Learner", "Settings", "TrainingAuthor", "training"]
