"""Moments of choice on record: the options, the predicted gain of each, and who chose what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

from successor.errors import RecordError
from successor.insight.measures import HORIZONS, RATIOS, measure
from successor.ledger import HUMAN, Decided, Ledger, Reviewed, Written, version_id
from successor.types import Digest, Exam, Figures, Version

OPTIONS = "options"
"""The figure of a draft that names the object with what its author chose from."""
PREDICTED = "screened_"
"""How figures begin that say what gain an author predicts."""
What: TypeAlias = Literal["stay", "handed in", "passed over", "edited"]
"""What an option is: the incumbent, the candidate, another of its author's, a person's edit."""


@dataclass(frozen=True)
class Option:
    """One road that could be taken."""

    what: What
    version: Version
    predicted: Mapping[str, float] = field(default_factory=dict[str, float])
    """By its author: objective -> how many times as good as the incumbent; empty of a person's."""


@dataclass(frozen=True)
class Moment:
    """One choice among at least two options; each pick is a place among them."""

    seq: int
    """Number of the event with which the candidate was handed in."""
    generation: int
    author: str
    """Who chose the candidate; of authors that take turns, whose turn it was."""
    options: tuple[Option, ...]
    """To stay first, the candidate second."""
    greedy: int
    """The option of the largest predicted gain, on the author's first look."""
    human: int | None
    """What a person chose who was asked; None where nobody was."""
    decided_by: str
    """The rule or person that decided on the candidate; "" as long as nobody has."""
    measured: float | None
    """How many times the incumbent's headline the candidate's was, by their exams on record."""

    @property
    def ai(self) -> int:
        """The author's pick: the candidate."""
        return 1

    @property
    def predicted(self) -> float | None:
        """Of the candidate's first objective; None where its author predicts nothing."""
        return next(iter(self.options[self.ai].predicted.values()), None)

    @property
    def others(self) -> tuple[int, ...]:
        """What the author could have handed in instead."""
        return tuple(at for at, each in enumerate(self.options) if each.what == "passed over")


def moments(ledger: Ledger) -> tuple[Moment, ...]:
    """All of a record, the oldest first. What a person wrote is an option, and no AI's moment."""
    reviewed = {
        each.event.candidate: each.event
        for each in ledger.entries(Reviewed)
        if each.event.choice != "later"
    }
    decided = {
        each.event.decision.candidate: each.event.decision.by for each in ledger.entries(Decided)
    }
    return tuple(
        _moment(ledger, entry.seq, entry.event, version, reviewed.get(version.id), decided)
        for entry in ledger.entries(Written)
        if (version := entry.event.version) is not None
        and version.parents
        and not version.author.startswith(HUMAN)
    )


def _moment(
    ledger: Ledger,
    seq: int,
    written: Written,
    candidate: Version,
    review: Reviewed | None,
    decided: Mapping[Digest, str],
) -> Moment:
    incumbent = ledger.version(candidate.parents[-1])
    options = [
        Option("stay", incumbent),
        Option("handed in", candidate, _predicted(written.figures)),
    ]
    greedy = 1
    for place, option in enumerate(_chosen_from(ledger, written, candidate)):
        if option.version.files != candidate.files:
            options.append(option)
            greedy = len(options) - 1 if place == 0 else greedy
    if review is not None and review.version is not None:
        options.append(Option("edited", review.version))
    return Moment(
        seq,
        written.generation,
        str(written.figures.get("by", candidate.author)),
        tuple(options),
        greedy,
        _chosen(review, options),
        decided.get(candidate.id, ""),
        _measured(ledger.exam(incumbent.id), ledger.exam(candidate.id)),
    )


def _chosen(review: Reviewed | None, options: list[Option]) -> int | None:
    """What a review came to, as a place among the options."""
    if review is None:
        return None
    return {"accept": 1, "reject": 0, "edit": len(options) - 1}.get(review.choice)


def _predicted(figures: Figures) -> dict[str, float]:
    return {
        name.removeprefix(PREDICTED): float(value)
        for name, value in figures.items()
        if name.startswith(PREDICTED) and isinstance(value, int | float)
    }


def _chosen_from(ledger: Ledger, written: Written, candidate: Version) -> list[Option]:
    """What the author kept of its choice, the best at first sight first; nothing of a form that
    only another release knows.
    """
    named = written.figures.get(OPTIONS)
    if not isinstance(named, str):
        return []
    try:
        kept = cast("list[Any]", json.loads(ledger.object(named)))
        return [_option(each, candidate) for each in kept]
    except (RecordError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _option(kept: Mapping[str, Any], like: Version) -> Option:
    files = {str(name): str(digest) for name, digest in kept["files"].items()}
    predicted = {str(name): float(gain) for name, gain in kept["predicted"].items()}
    name = version_id(files, like.parents, like.author)
    return Option("passed over", Version(name, files, like.parents, like.author), predicted)


def _measured(before: Exam | None, after: Exam | None) -> float | None:
    """How many times as good, where the headline is no share."""
    if before is None or after is None:
        return None
    first, last = measure(before), measure(after)
    name = next(iter(first), "")
    if name not in {*RATIOS.values(), *HORIZONS} or not first[name] or not last.get(name):
        return None
    return last[name] / first[name]
