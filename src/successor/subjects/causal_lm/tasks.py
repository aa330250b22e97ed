"""Problems with verifiers: what a language model is asked, and who says whether it is right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from successor.errors import UsageError
from successor.types import Digest, Purpose
from successor.validation import no_such

TAGGED = re.compile(r"<answer>(.*?)(?:</answer>|$)", re.DOTALL)
"""An answer as it should be marked; the last one counts."""

_SHARES: tuple[tuple[int, Purpose], ...] = ((128, "training"), (208, "held-out"))
"""Of 256 questions: half may be trained on, 80 are for the judge; the rest confirms."""


@dataclass(frozen=True)
class Problem:
    """One question, without its answer to whoever only looks."""

    slice: str
    question: str
    entry: Mapping[str, Any]
    """What the verifier needs to know; from `Tasks.draw`, and for `Tasks.score` alone."""
    origin: str
    """How it is drawn again: where from, seed and number."""

    @property
    def id(self) -> Digest:
        """By its text, without its spaces: the same question is the same wherever it is drawn."""
        return sha256(" ".join(self.question.split()).encode()).hexdigest()


def purpose_of(question: Digest) -> Purpose:
    """Who may ever see a question. It follows from its text alone: so no question that a model
    was trained on is asked by a judge, even when a family has few and draws them again.
    """
    place = int(question[:2], 16)
    for below, purpose in _SHARES:
        if place < below:
            return purpose
    return "confirmation"


class Tasks(Protocol):
    """Families of problems at levels of difficulty."""

    def origin(self) -> str:
        """What draws the problems, with its release: another one may draw others."""
        ...

    def slices(self) -> tuple[tuple[str, float], ...]:
        """(name, difficulty) of every slice, `FAMILY/LEVEL`; the difficulty is the level."""
        ...

    def sealed(self) -> frozenset[str]:
        """Slices that are never trained on."""
        ...

    def draw(self, purpose: Purpose, seed: int, name: str, count: int) -> Sequence[Problem]:
        """Independent problems of a slice, the same for the same seed, all of that purpose."""
        ...

    def score(self, problem: Problem, answer: str) -> float:
        """1 when the verifier says that the answer is right, else 0."""
        ...


class Source(Protocol):
    """Where the problems of some families come from."""

    def known(self) -> Sequence[str]: ...
    def origin(self) -> str: ...
    def draw(self, purpose: Purpose, seed: int, name: str, count: int) -> Sequence[Problem]: ...
    def score(self, problem: Problem, answer: str) -> float: ...


@dataclass(frozen=True)
class Families:
    """The families that a lab names, at so many levels each; "FAMILY/1" is the easiest."""

    families: tuple[str, ...]
    apart: tuple[str, ...]
    """Those that are sealed."""
    levels: int
    sources: tuple[Source, ...]

    def require_known(self) -> None:
        """Nothing, when some source has every family.

        Raises:
            UsageError: naming the first that none has.
        """
        known = [name for source in self.sources for name in source.known()]
        for key, names in (("families", self.families), ("sealed", self.apart)):
            for name in names:
                if name not in known:
                    told = no_such("family", name, known)
                    raise UsageError(f"[subject] {key} = {name!r}: {told}")

    def origin(self) -> str:
        """Of all sources."""
        return ", ".join(source.origin() for source in self.sources)

    def slices(self) -> tuple[tuple[str, float], ...]:
        """Every level of every family, those to train on first."""
        names = (*self.families, *self.apart)
        levels = range(1, self.levels + 1)
        return tuple((f"{name}/{level}", float(level)) for level in levels for name in names)

    def sealed(self) -> frozenset[str]:
        """Slices of sealed families."""
        return frozenset(n for n, _ in self.slices() if n.partition("/")[0] in self.apart)

    def draw(self, purpose: Purpose, seed: int, name: str, count: int) -> Sequence[Problem]:
        """As the source of the family draws them."""
        return self._source(name).draw(purpose, seed, name, count)

    def score(self, problem: Problem, answer: str) -> float:
        """By the source of the problem."""
        return self._source(problem.slice).score(problem, answer)

    def _source(self, name: str) -> Source:
        family = name.partition("/")[0]
        return next(source for source in self.sources if family in source.known())


def own_answer(text: str) -> str | None:
    """What is marked as the answer, the last one; None when nothing is."""
    marked = TAGGED.findall(text)
    return marked[-1].strip() if marked else None
