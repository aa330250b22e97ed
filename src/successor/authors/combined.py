"""The author `search`: several authors take turns, and a bandit learns which of them pays.

Until one has paid, each has one turn first, in the order that the lab names them. An author has
paid when a version that it wrote took over; it has not when its candidate was refused, or when it
had nothing to hand in. What is learnt is kept as long as the lab is open.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked_dataclass

from successor.authors.bandit import Bandit
from successor.authors.workshop import Needing, workshop_of
from successor.errors import UsageError
from successor.types import Author, Brief, Draft, Figures, Subject, Version, Workspace
from successor.validation import no_such, validated

TABLES = ("rewrite", "tune", "evolve", "mutate", "itself", "llm", "agent", "inbox")
"""Authors that have a table of settings of their own in that of "search"."""
SHARES = frozenset({"accuracy", "errors"})
"""Objectives that can be reached in full; there is always something faster."""
Factory = Callable[[Mapping[str, object], Subject], Author]
Written = tuple[tuple[str, str], ...]
"""A version's files, in their order: what an author wrote, whoever it is said to be by."""


@checked_dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "search"."""

    authors: tuple[str, ...] = Field(default=("rewrite", "tune", "evolve"), min_length=1)
    """Who takes turns, by name."""
    rewrite: dict[str, object] = Field(default_factory=dict[str, object])
    """The settings of the author "rewrite"."""
    tune: dict[str, object] = Field(default_factory=dict[str, object])
    """The settings of the author "tune"."""
    evolve: dict[str, object] = Field(default_factory=dict[str, object])
    """The settings of the author "evolve"."""
    mutate: dict[str, object] = Field(default_factory=dict[str, object])
    """The settings of the author "mutate"."""
    itself: dict[str, object] = Field(default_factory=dict[str, object])
    """The settings of the author "itself"."""
    llm: dict[str, object] = Field(default_factory=dict[str, object])
    """The settings of the author "llm"."""
    agent: dict[str, object] = Field(default_factory=dict[str, object])
    """The settings of the author "agent"."""
    inbox: dict[str, object] = Field(default_factory=dict[str, object])
    """The settings of the author "inbox"."""


FAILED = "failed"
"""The figure that says why an author came to nothing."""


@dataclass(frozen=True)
class Turn:
    """One author's turn, as a checkpoint keeps it."""

    passed: tuple[str, ...] = ()
    """Authors of this very attempt that had nothing to hand in."""
    state: bytes | None = None
    """The checkpoint of the one whose turn it is."""
    spent: Figures = field(default_factory=dict[str, float | int | str])
    """What those who passed have spent, such as evaluations."""

    @staticmethod
    def load(saved: bytes | None) -> Turn:
        """From a checkpoint, or the beginning."""
        if saved is None:
            return Turn()
        head, _, state = saved.partition(b"\n")
        passed, spent = json.loads(head)
        return Turn(tuple(passed), state or None, spent)

    def dump(self) -> bytes:
        """For a checkpoint."""
        return json.dumps([self.passed, self.spent]).encode() + b"\n" + (self.state or b"")

    def after(self, name: str, draft: Draft | None) -> Turn:
        """The next one's turn, when this author handed in no files."""
        figures = dict(draft.figures) if draft else {}
        if FAILED in figures:
            earlier = self.spent.get(FAILED)
            why = f"{name}: {figures[FAILED]}"
            figures[FAILED] = f"{earlier}; {why}" if earlier else why
        return Turn((*self.passed, name), spent=self.with_spent(figures))

    def with_spent(self, figures: Figures) -> dict[str, float | int | str]:
        """Figures of an author, and what the others spent of the same."""
        told = dict(figures)
        for key, value in self.spent.items():
            if isinstance(value, str):
                told.setdefault(key, value)
            else:
                now = told.get(key, 0)
                told[key] = value if isinstance(now, str) else now + value
        return told


class Shared:
    """The workspace of one author's turn: its checkpoint is a part of the whole one."""

    def __init__(self, workspace: Workspace, turn: Turn) -> None:
        self._workspace = workspace
        self._turn = turn
        self.read = workspace.read
        self.write = workspace.write
        self.progress = workspace.progress

    def checkpoint(self, state: bytes) -> None:
        """Replace this author's checkpoint."""
        self._turn = replace(self._turn, state=state)
        self._workspace.checkpoint(self._turn.dump())

    def resume(self) -> bytes | None:
        """This author's checkpoint."""
        return self._turn.state


class CombinedAuthor:
    """Writes the next version by letting the author write it that most likely pays."""

    name = "search"

    def __init__(
        self, authors: Sequence[Author], endless: Callable[[], bool] = lambda: True
    ) -> None:
        """Let these take turns; when the goal is not endless, no more once nothing is weak."""
        self._endless = endless
        self._authors = {author.name: author for author in authors}
        self.bandit = Bandit(tuple(self._authors))
        self._fresh = [*self._authors]
        """Those that had no turn yet, in their order."""
        self._paid = False
        self._open: dict[Written, str] = {}
        """Who wrote what, of which it is not known yet whether it paid."""

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The draft of the first author that has one, in the bandit's order; before all others of
        the one that a person wants to come first.
        """
        self._learn(brief)
        if not brief.weaknesses and not self._endless():
            return None
        turn = Turn.load(workspace.resume())
        ranked = self.bandit.ranked(random.Random(brief.seed))
        first = [] if self._paid else self._fresh
        wanted = [brief.first[1]] if brief.first[1] in self._authors else []
        for name in dict.fromkeys([*wanted, *first, *ranked]):
            if name in turn.passed:
                continue
            self._fresh = [each for each in self._fresh if each != name]
            draft = self._authors[name].write(brief, cast("Workspace", Shared(workspace, turn)))
            if draft is not None and draft.files:
                self._open[_written(draft.files)] = name
                figures = {**turn.with_spent(draft.figures), "by": name}
                figures.pop(FAILED, None)  # somebody came to something after all
                return replace(draft, figures=figures)
            self.bandit.learn(name, paid=False)
            turn = turn.after(name, draft)
            workspace.checkpoint(turn.dump())
        return Draft({}, turn.spent) if turn.spent else None

    def require_ready(self, lab: Path) -> None:
        """Nothing, when each author has all that it needs.

        Raises:
            UsageError: when one has not.
        """
        for author in self._authors.values():
            if isinstance(author, Needing):
                author.require_ready(lab)

    def close(self) -> None:
        """Have the authors give back what they hold on to."""
        for author in self._authors.values():
            if isinstance(author, Needing):
                author.close()

    def _learn(self, brief: Brief) -> None:
        """From what took over since, and what was refused."""
        for paid, versions in ((True, brief.lineage), (False, brief.tried)):
            for version in versions:
                self._credit(version, paid=paid)

    def _credit(self, version: Version, *, paid: bool) -> None:
        name = self._open.pop(_written(version.files), None)
        if name is not None:
            self.bandit.learn(name, paid=paid)
            self._paid |= paid


def search(settings: Mapping[str, object], subject: Subject) -> CombinedAuthor:
    """The author of a lab whose subject is a program.

    Raises:
        UsageError: when a setting is unknown or out of its range, or an author is.
    """
    checked = validated(Settings, "author", settings)
    workshop = workshop_of(subject, CombinedAuthor.name)
    given = {name: getattr(checked, name) for name in TABLES}
    authors = [_made(name, given.get(name, {}), subject) for name in checked.authors]
    # Asked late: the subject has to run the original to know what it can become.
    return CombinedAuthor(authors, lambda: not SHARES.issuperset(workshop.objectives))


def _made(name: str, settings: Mapping[str, object], subject: Subject) -> Author:
    """That author; what it says of its table is said of the table that it has here."""
    factory = _find(name)
    try:
        return factory(settings, subject)
    except UsageError as error:
        raise UsageError(str(error).replace("[author]", f"[author.{name}]", 1)) from None


def _find(name: str) -> Factory:
    known = {point.name: point for point in entry_points(group="successor.authors")}
    known.pop(CombinedAuthor.name, None)  # it would ask itself without end
    if name not in known:
        raise UsageError(f"[author] authors = {name!r}: {no_such('author', name, [*known])}")
    return cast("Factory", known[name].load())


def _written(files: Mapping[str, str]) -> Written:
    return tuple(sorted(files.items()))
