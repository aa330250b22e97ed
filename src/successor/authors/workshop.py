"""What authors of programs ask of their subject: its text, a quick look at a variant, a draft;
and what is asked of an author that needs more than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from successor.types import Draft, Subject, Version, Workspace
from successor.validation import require_able


@dataclass(frozen=True)
class Screening:
    """One variant beside the incumbent, on inputs that authors may see. Says what is worth
    handing in; the judge asks anew, on inputs that nobody saw.
    """

    correct: bool
    why: str
    """The first difference or failure, in one line; "" when correct."""
    gains: Mapping[str, float]
    """Objective ("speed", "accuracy", "errors", "memory", "size") -> the incumbent's cost / the
    variant's: 1.0 is equal, 2.0 twice as good. Empty when not correct."""
    nodes: int
    """Syntax tree nodes of the file that holds the target."""
    contested: tuple[str, ...] = ()
    """Of a repair that passes all tests, and is refused only for what the original answers, which
    is taken to be right and may be wrong: a call, the original's answer, and its own. Else empty.
    """


class Workshop(Protocol):
    """A subject whose versions are programs."""

    @property
    def goal(self) -> str:
        """What the program should become, in the words of whoever wants it."""
        ...

    @property
    def path(self) -> str:
        """The file that holds the target, as `Version.files` names it."""
        ...

    @property
    def function(self) -> str:
        """The target's dotted name in the file; "" when it is the whole file."""
        ...

    @property
    def objectives(self) -> tuple[str, ...]:
        """What is to become better; the first counts most."""
        ...

    def source(self, version: Version, workspace: Workspace) -> str:
        """The text of the target's file in a version."""
        ...

    def screen(self, source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        """Run a variant beside the incumbent, in a sandbox, on a few inputs drawn by the seed."""
        ...

    def failures(self, incumbent: Version, seed: int, workspace: Workspace) -> Sequence[str]:
        """What the incumbent gets wrong of the items that authors may see, a line each."""
        ...

    def draft(
        self,
        source: str,
        incumbent: Version,
        workspace: Workspace,
        **figures: float | str,
    ) -> Draft:
        """The incumbent's files with this text of the target's, as a candidate to be judged."""
        ...


def workshop_of(subject: Subject, kind: str) -> Workshop:
    """The subject of an author of that kind, as a workshop.

    Raises:
        UsageError: when its versions are no programs.
    """
    told = f'[author] kind = "{kind}": writes programs; for this subject: "training"'
    require_able(subject, ("source", "screen", "failures", "draft"), told)
    return cast("Workshop", subject)


@runtime_checkable
class Needing(Protocol):
    """An author that needs more than the lab has, such as a key, and holds on to it."""

    def require_ready(self, lab: Path) -> None:
        """UsageError when it is not there: told before any work, with the lab's folder."""
        ...

    def close(self) -> None: ...
