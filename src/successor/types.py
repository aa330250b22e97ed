"""The whole vocabulary of Successor and its four protocols, on one screen.

A *subject* improves, an *author* writes its next version, a *judge* says whether that
version is better, an *overseer* says whether it may take over. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

Digest: TypeAlias = str  # SHA-256 in lower-case hex: the name of an object or a version
Counts: TypeAlias = tuple[tuple[str, int], ...]  # (slice, number of items), in their order
Purpose: TypeAlias = Literal["training", "held-out", "confirmation"]
"""Who may see the items of a draw: authors, the judge alone, or nobody before the end."""
Figures: TypeAlias = Mapping[str, float | int | str]  # for people; only budgets decide on them
PLANTED = "planted item: "  # how a tripwire begins that is an item which cannot be passed, and was


@dataclass(frozen=True)
class Version:
    """An immutable state of the subject; its id is the digest of everything else here."""

    id: Digest
    files: Mapping[str, Digest]
    parents: tuple[Digest, ...]
    author: str


@dataclass(frozen=True)
class Draft:
    """What an author hands in: objects in the store, by name; without any, figures and no more."""

    files: Mapping[str, Digest]
    figures: Figures = field(default_factory=dict[str, float | int | str])


@dataclass(frozen=True)
class Draw:
    """Which items to draw. The same draw asks every version the same questions."""

    purpose: Purpose
    seed: int
    counts: Counts


@dataclass(frozen=True)
class Slice:
    """One part of an exam, whose items are alike: a length, a task family, a test class."""

    name: str
    size: float  # difficulty, above 0, in the subject's unit (digits, lines, human minutes)
    scores: tuple[float, ...]  # one per item, in the order drawn, in [0, 1]; higher is better

    @property
    def mean(self) -> float:
        """Share of the slice that is right, in [0, 1]; 0 when it has no items."""
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


@dataclass(frozen=True)
class Exam:
    """The evaluation of one version, item by item."""

    version: Digest
    draw: Draw
    slices: tuple[Slice, ...]
    figures: Figures = field(default_factory=dict[str, float | int | str])


@dataclass(frozen=True)
class Weakness:
    """A slice where the version fails, with what mending it would be worth."""

    slice: str
    size: float
    score: float
    worth: float  # score still to be won on the slice, in [0, 1]


@dataclass(frozen=True)
class Brief:
    """What an author knows when it writes a candidate."""

    generation: int
    seed: int
    lineage: tuple[Version, ...]  # the incumbent's line, oldest first; itself is the last
    weaknesses: tuple[Weakness, ...]  # most worth mending first
    mastered: tuple[tuple[str, float], ...]  # (slice, size) of what it masters, easiest first
    tried: tuple[Version, ...]  # candidates of this generation so far; none was promoted
    refused: int  # candidates of this incumbent that were judged before, and not promoted
    reasons: tuple[str, ...] = ()  # the judge's, for each of those tried
    used: Figures = field(default_factory=dict[str, float | int | str])  # sums, over all drafts
    barred: tuple[Digest, ...] = ()  # objects that are quarantined or revoked: no author reads one
    first: tuple[str, str] = ("", "")  # a weakness, an author: what a person wants to come first


@dataclass(frozen=True)
class Verdict:
    """What the judge found, with the evidence that it rests on."""

    candidate: Digest
    incumbent: Digest
    outcome: Literal["better", "not better", "unclear"]
    e_value: float  # evidence against "it is no better", whose expected value is then at most 1
    threshold: float  # what the e-value has to reach, by the error budget that the run has left
    effect: float  # mean paired difference of score, candidate minus incumbent, where it can gain
    interval: tuple[float, float]  # 95% confidence interval of the effect
    items: int
    seed: int
    reason: str
    regressions: tuple[str, ...] = ()  # mastered slices that it was not shown to hold
    tripwires: tuple[str, ...] = ()  # each quarantines; one that begins with PLANTED ends the run
    evidence: Digest | None = None  # object with the score of either version on every item


@dataclass(frozen=True)
class Decision:
    """What the overseer made of a verdict."""

    candidate: Digest
    outcome: Literal["promoted", "rejected", "quarantined", "waiting"]
    reason: str
    by: str  # the rule or the named person that decided


@dataclass(frozen=True)
class Stop:
    """Why the recursion ended: the base case that was met."""

    base_case: str
    reason: str
    needs_human: bool = False


class Workspace(Protocol):
    """What one step may touch: the object store, its own checkpoint, a progress line."""

    def read(self, digest: Digest) -> bytes: ...
    def write(self, data: bytes) -> Digest: ...
    def checkpoint(self, state: bytes) -> None: ...  # replaces this step's, atomically
    def resume(self) -> bytes | None: ...  # the checkpoint a killed run left for this very step
    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        """Report progress, a total of 0 when unknown; raises Halt when something ends the run."""


class Record(Protocol):
    """What has happened, to read only."""

    def incumbent(self) -> Version | None: ...
    def lineage(self, version: Digest) -> tuple[Version, ...]: ...
    def exam(self, version: Digest) -> Exam | None: ...
    def confirmation(self, version: Digest) -> Exam | None: ...  # the last, on unseen items
    def verdicts(self) -> tuple[Verdict, ...]: ...
    def unheld(self, version: Digest) -> tuple[str, ...]: ...  # unsafe sandboxes it was seen in
    def decisions(self) -> tuple[Decision, ...]: ...
    def reviewed(self, version: Digest) -> Decision | None: ...  # by a human, as long as it is open
    def pause(self) -> str | None: ...  # what holds everything until a person lifts it
    def lowered(self) -> str | None: ...  # the tripwire since which no policy promotes alone
    def charter(self) -> bytes | None: ...  # what people signed last to put it in force
    def signatures(self, statement: bytes) -> tuple[bytes, ...]: ...  # handed in, not verified
    def generations(self) -> tuple[Digest | None, ...]: ...  # who took over, in each or after it
    def used(self, figure: str) -> float: ...  # "examples" or "tokens", over all drafts handed in
    def spent_s(self) -> float: ...


class Subject(Protocol):
    """What improves."""

    def create(self, seed: int, workspace: Workspace) -> Draft: ...  # the first version of a lab
    # Of a version as far as its ability reaches, on items that authors may see.
    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam: ...
    # Of a version, on exactly the items of a draw.
    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam: ...


class Author(Protocol):
    """Who writes the next version; None, or figures alone, when there is no more to try."""

    @property
    def name(self) -> str: ...
    def write(self, brief: Brief, workspace: Workspace) -> Draft | None: ...  # of this generation


class Judge(Protocol):
    """Is it better?"""

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict: ...


class Overseer(Protocol):
    """May it take over, and may the recursion go on?"""

    def decide(self, verdict: Verdict, record: Record) -> Decision: ...
    def to_confirm(self, record: Record) -> Counts: ...  # unseen items to ask before a goal counts
    def base_case(self, record: Record) -> Stop | None: ...
