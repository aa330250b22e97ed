"""What authors of prompts ask of their subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from successor.types import Counts, Draft, Subject, Version, Workspace
from successor.validation import require_able


class Trace(Protocol):
    """One item that authors may see, and what became of it."""

    @property
    def family(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def said(self) -> str:
        """The answer; hostile text, as all that a model says."""
        ...

    @property
    def score(self) -> float:
        """In [0, 1]."""
        ...

    @property
    def feedback(self) -> str: ...
    @property
    def course(self) -> Sequence[str]:
        """How the answer came about, where there is more to tell."""
        ...


class Practice(Protocol):
    """A subject whose versions are texts that a model goes by."""

    goal: str

    @property
    def is_scaffold(self) -> bool:
        """Whether a text is a program that asks the model."""
        ...

    def text(self, version: Version, workspace: Workspace) -> str:
        """The text of a version."""
        ...

    def require_sound(self, text: str) -> None:
        """UsageError, with why, when a text may not be a version."""
        ...

    def practise(
        self, text: str, seed: int, counts: Counts, workspace: Workspace
    ) -> Sequence[Trace]:
        """What becomes of a text on items that authors may see."""
        ...

    def draft(self, text: str, workspace: Workspace, **figures: float | str) -> Draft:
        """A text as a candidate to be judged."""
        ...


def practice_of(subject: Subject, kind: str) -> Practice:
    """The subject of an author of that kind, as a practice.

    Raises:
        UsageError: when its versions are no prompts.
    """
    told = f'[author] kind = "{kind}": writes prompts; for this subject: "search" or "training"'
    require_able(subject, ("text", "practise", "require_sound"), told)
    return cast("Practice", subject)
