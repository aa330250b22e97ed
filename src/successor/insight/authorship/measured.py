"""Shares of changes and lines by kind of author, and how much that is for a person's day."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from successor.insight.authorship.commits import Commit, commits, git, named
from successor.insight.authorship.kinds import KINDS, Kind

WARNING = (
    "Lines are no measure of what work is worth: those who first published such shares say that "
    "lines by person and day almost certainly overstate the gain. AI that leaves no trace counts "
    "as human"
)


@dataclass
class Tally:
    """What one kind of author did, in a time."""

    changes: int = 0
    added: int = 0
    removed: int = 0


@dataclass
class Period:
    """A quarter of a year."""

    kinds: dict[Kind, Tally] = field(default_factory=lambda: {kind: Tally() for kind in KINDS})
    days: set[tuple[str, date]] = field(default_factory=set[tuple[str, date]])
    """Person and day of what people had a hand in."""

    def take(self, commit: Commit) -> None:
        """Count a commit."""
        tally = self.kinds[commit.kind]
        tally.changes += 1
        tally.added += commit.added
        tally.removed += commit.removed
        if commit.kind in {"human", "suggested"}:
            self.days.add((commit.author, commit.day))


@dataclass(frozen=True)
class Surviving:
    """Lines of the revision by who wrote them last."""

    lines: Mapping[Kind, int]
    files: int
    """That were read."""
    of: int
    """That there are, binary and empty ones aside."""


@dataclass(frozen=True)
class Authorship:
    """What a repository says."""

    revision: str
    periods: Mapping[str, Period]
    """By quarter, the oldest first."""
    surviving: Surviving


def authorship(
    folder: Path,
    revision: str = "HEAD",
    since: date | None = None,
    seconds: float = 60.0,
    seed: int = 42,
) -> Authorship:
    """Measure a repository.

    Args:
        folder: in a git repository, or a bare one.
        revision: up to which.
        since: the first day that counts of changes; surviving lines are of all times.
        seconds: for surviving lines; files are read in an order by chance until they are over.
        seed: of that order.

    Raises:
        UsageError: when it is no repository.
    """
    at = named(folder, revision)
    periods, kinds = dict[str, Period](), dict[str, Kind]()
    for commit in commits(folder, at):
        kinds[commit.id] = commit.kind
        if since is None or commit.day >= since:
            periods.setdefault(quarter(commit.day), Period()).take(commit)
    survived = surviving(folder, at, kinds, seconds, seed)
    return Authorship(at, dict(sorted(periods.items())), survived)


def quarter(day: date) -> str:
    """Such as `2026-Q2`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def surviving(
    folder: Path, revision: str, kinds: Mapping[str, Kind], seconds: float, seed: int
) -> Surviving:
    """Lines of a revision, by the kind of the commit that git blames for them."""
    # An empty pattern is in every file that is text and not empty.
    with git(
        folder, "grep", "-I", "-z", "--full-name", "--name-only", "-e", "", revision
    ) as output:
        names = [each.partition(":")[2] for each in output.read().split("\0") if each]
    random.Random(seed).shuffle(names)
    lines, read, end = Counter[Kind](), 0, time.monotonic() + seconds
    for name in names:
        if time.monotonic() > end:
            break
        read += 1
        lines.update(_blamed(folder, revision, name, kinds))
    return Surviving({kind: lines[kind] for kind in KINDS}, read, len(names))


def _blamed(folder: Path, revision: str, name: str, kinds: Mapping[str, Kind]) -> list[Kind]:
    with git(folder, "blame", "--root", "-s", "-l", revision, "--", name) as output:
        # Up to the first blank: names are longer where a repository hashes by SHA-256.
        return [kinds.get(line.partition(" ")[0], "human") for line in output]
