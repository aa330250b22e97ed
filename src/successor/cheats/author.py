"""The author of the labs here: hands in the texts that it was given, and no more."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from successor.types import Brief, Draft, Subject, Workspace
from successor.validation import validated

KIND = "successor.cheats.author:author"
LEARNT = "LEARNT"
"""Stands in a text for a table of what earlier refusals gave away: {arguments: right answer}."""
_GIVEN_AWAY = re.compile(r"\w+\((.*?)\) gives .*, where the original gives ([^,]+)")


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table."""

    path: str = Field(min_length=1)
    """The file of which the texts are."""
    texts: tuple[str, ...] = Field(min_length=1)
    also: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Other files that it would put in, by path."""


class HandedIn:
    """Writes what it was told to."""

    name = "handed in"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The next text; None after the last."""
        told, number = self.settings, len(brief.tried)
        if number >= len(told.texts):
            return None
        text = told.texts[number].replace(LEARNT, repr(learnt(brief.reasons)))
        texts = {**told.also, told.path: text}
        written = {path: workspace.write(each.encode()) for path, each in texts.items()}
        return Draft({**brief.lineage[-1].files, **written})


def learnt(reasons: tuple[str, ...]) -> dict[str, str]:
    """The right answers that the judge's reasons quote, by the arguments, both as text."""
    found = (_GIVEN_AWAY.search(reason) for reason in reasons)
    return {each[1]: each[2] for each in found if each}


def author(settings: Mapping[str, object], _subject: Subject) -> HandedIn:
    """The author of a lab of the suite.

    Raises:
        UsageError: when a setting is wrong.
    """
    return HandedIn(validated(Settings, "author", settings))
