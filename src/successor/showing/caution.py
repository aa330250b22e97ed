"""What makes a person look twice: how sure the judge is, and what came near to failing.

Everything here is made from figures on record, the summary most of all: no word of it is the
candidate's, its author's or a language model's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from successor.insight.difference import FileChange, tallied
from successor.insight.report.html import counted
from successor.insight.visible import hidden
from successor.judge.course import CORRECTNESS, Batch
from successor.ledger import Decided, Ledger, Proposal, SessionStarted, Written
from successor.showing.figures import number

MASTERED = 0.95
_NAMED = 3
_SHORT = 60


@dataclass(frozen=True)
class Standing:
    """One slice of both versions' own exams; shares in [0, 1]."""

    slice: str
    candidate: float
    incumbent: float | None


@dataclass(frozen=True)
class Caution:
    """What is to be known before anything else."""

    uncertainty: str
    lowered: str | None
    """The tripwire that lowered the stage; None where none did."""
    tripwires: tuple[str, ...]
    near_misses: tuple[str, ...]
    """What was allowed, and came near to what is not; a line each."""
    hidden: tuple[str, ...]
    """Signs in the difference and in the names of files that hide or pose as others."""
    author_changes: tuple[str, ...]
    """What is other in who writes, and in what judges, since the version in charge was written."""
    summary: tuple[str, ...]
    """In plain words, of figures alone."""


def caution_of(
    ledger: Ledger,
    proposal: Proposal,
    changes: Sequence[FileChange],
    standings: Sequence[Standing],
    batches: Sequence[Batch],
) -> Caution:
    """Read it off the record."""
    near = tuple(_near_misses(ledger, proposal, standings))
    signs = hidden("\n".join(part for change in changes for part in (change.name, change.diff)))
    return Caution(
        _uncertainty(proposal, batches),
        ledger.lowered(),
        proposal.verdict.tripwires,
        near,
        signs,
        tuple(_author_changes(ledger, proposal)),
        tuple(_summary(ledger, proposal, changes, len(near), len(signs))),
    )


def _uncertainty(proposal: Proposal, batches: Sequence[Batch]) -> str:
    """How wrong all of this may be, in a line."""
    found = proposal.verdict
    low, high = found.interval
    told = f"effect {number(found.effect)}, 95% interval {number(low)} to {number(high)}"
    if found.e_value >= 1:
        told += f"; without a gain, 1 run in {number(found.e_value)} at most looks like this"
    asked = max((each.items for each in batches if each.question == CORRECTNESS), default=0)
    if asked and not found.regressions:
        # No loss in n draws: the upper bound of Clopper and Pearson at 95%.
        most = 1.0 - 0.05 ** (1.0 / asked)
        told += f"; up to {100 * most:.2g}% of all inputs may still come out wrong"
    return told


def _near_misses(
    ledger: Ledger, proposal: Proposal, standings: Sequence[Standing]
) -> Iterator[str]:
    found = proposal.verdict
    if found.interval[0] <= 0 < found.effect:
        yield f"the interval of the effect reaches down to {number(found.interval[0])}"
    lower = [
        each for each in standings if each.incumbent is not None and each.candidate < each.incumbent
    ]
    for each in lower[:_NAMED]:
        lost = "mastered before, and no more: " if _slipped(each) else "lower in its own exam: "
        yield f"{lost}{each.slice}, {each.candidate:.1%} against {each.incumbent:.1%}"
    if len(lower) > _NAMED:
        yield f"lower in its own exam: {counted(len(lower) - _NAMED, 'slice')} more"
    outcomes = [entry.event.decision for entry in ledger.entries(Decided)]
    bad = [each.candidate for each in outcomes if each.outcome == "quarantined"]
    if bad:
        same = sum(ledger.version(name).author == proposal.candidate.author for name in bad)
        told = counted(len(bad), "earlier candidate")
        yield f"{told} on this record set off a tripwire, {same} by the same author"


def _slipped(standing: Standing) -> bool:
    before = standing.incumbent
    return before is not None and before >= MASTERED > standing.candidate


def _author_changes(ledger: Ledger, proposal: Proposal) -> Iterator[str]:
    candidate, incumbent = proposal.candidate, proposal.incumbent
    if incumbent.parents and incumbent.author != candidate.author:
        yield f"the version in charge is by {incumbent.author}"
    sessions = dict[str, SessionStarted]()
    begun: SessionStarted | None = None
    for event in (entry.event for entry in ledger.entries()):
        if isinstance(event, SessionStarted):
            begun = event
        elif isinstance(event, Written) and event.version and begun:
            sessions[event.version.id] = begun
    if candidate.id not in sessions or incumbent.id not in sessions:
        return
    old, new = sessions[incumbent.id], sessions[candidate.id]
    before, after = (
        cast("Mapping[str, Any]", each.settings.get("author") or {}) for each in (old, new)
    )
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield f"{name}: {_short(before.get(name))} became {_short(after.get(name))}"
    if old.kernel != new.kernel:
        yield f"the files that judge and record: {old.kernel[:8]} became {new.kernel[:8]}"


def _short(value: object) -> str:
    told = "none" if value is None else repr(value)
    return told if len(told) <= _SHORT else f"{told[:_SHORT]}... ({len(told):,} signs)"


def _summary(
    ledger: Ledger, proposal: Proposal, changes: Sequence[FileChange], near: int, signs: int
) -> Iterator[str]:
    found, candidate, incumbent = proposal.verdict, proposal.candidate, proposal.incumbent
    lines = [tallied(change) for change in changes]
    new = len(candidate.files.keys() - incumbent.files.keys())
    gone = len(incumbent.files.keys() - candidate.files.keys())
    yield (
        f"It changes {counted(len(changes), 'file')} ({new} new, {gone} gone): "
        f"{counted(sum(into for into, _ in lines), 'line')} in, "
        f"{counted(sum(out for _, out in lines), 'line')} out."
    )
    yield (
        f"It was judged {found.outcome} on {counted(found.items, 'fresh item')}, with evidence of "
        f"{number(found.e_value)} where {number(found.threshold)} was needed."
    )
    first = ledger.lineage(incumbent.id)[0].id
    made = [entry.event.decision for entry in ledger.entries(Decided)]
    others = [each for each in made if each.candidate not in (candidate.id, first)]
    misses = f"{near} near {'miss' if near == 1 else 'misses'}"
    hide = f"{counted(signs, 'kind')} of hidden sign"
    promoted = sum(each.outcome == "promoted" for each in others)
    yield (
        f"{counted(len(found.tripwires), 'tripwire')}, {misses}, {hide}; "
        f"{counted(len(others), 'candidate')} before it, {promoted} promoted."
    )
