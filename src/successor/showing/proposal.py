"""What a human is shown of a candidate that waits: the change, the evidence, more when asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from dataclasses import fields as dataclass_fields
from itertools import islice
from typing import Any

from successor.errors import RecordError
from successor.insight.contract import contract_of
from successor.insight.difference import FileChange, differences, shown, tallied
from successor.insight.report.html import counted
from successor.insight.visible import visible
from successor.judge.course import Batch, course
from successor.ledger import Decided, Ledger, Proposal, Written
from successor.oversight import Tally
from successor.showing.acts import open_acts_of
from successor.showing.caution import Caution, Standing, caution_of
from successor.showing.figures import at_most, duration, number

LONGEST = 400
"""Lines of a difference that are shown; `successor diff` and an editor show all."""
FILES = 40
"""Files that are named beside a difference; it has all of them."""
SHOWN = 12
"""Batches of one question that are shown; of more, the first and the last."""


@dataclass(frozen=True)
class Packet:
    """All that there is to say of a candidate that waits."""

    proposal: Proposal
    changes: tuple[FileChange, ...]
    standings: tuple[Standing, ...]
    batches: tuple[Batch, ...]
    tried: tuple[str, ...]
    """What became of every candidate before it, a line each, oldest first."""
    contract: dict[str, tuple[str, ...]]
    evaluations: float
    """Runs in the sandbox that its author asked for."""
    seconds: float
    """Working time on record."""
    caution: Caution
    signatures: tuple[Tally, ...]
    """Acts that wait for people to sign them, of this candidate and others."""

    @property
    def left_out(self) -> int:
        """Lines of the difference that are shown only when more is asked for."""
        return max(0, sum(1 for _ in shown(self.changes)) - LONGEST)


def packet_of(ledger: Ledger, proposal: Proposal) -> Packet:
    """Read it all off the record.

    Raises:
        RecordError: when an object is missing or damaged.
    """
    candidate, incumbent = proposal.candidate, proposal.incumbent
    exams = [ledger.exam(version.id) for version in (candidate, incumbent)]
    before = {part.name: part.mean for part in exams[1].slices} if exams[1] else {}
    evidence = proposal.verdict.evidence
    mine = [
        entry.event.figures
        for entry in ledger.entries(Written)
        if entry.event.version and entry.event.version.id == candidate.id
    ]
    spent = mine[-1].get("evaluations", 0) if mine else 0
    changes = tuple(differences(ledger, incumbent, candidate))
    standings = tuple(
        Standing(part.name, part.mean, before.get(part.name))
        for part in (exams[0].slices if exams[0] else ())
    )
    batches = course(ledger.object(evidence)) if evidence else ()
    return Packet(
        proposal,
        changes,
        standings,
        batches,
        tuple(_tried(ledger, proposal)),
        contract_of(ledger),
        0.0 if isinstance(spent, str) else float(spent),
        ledger.spent_s(),
        caution_of(ledger, proposal, changes, standings, batches),
        open_acts_of(ledger),
    )


def _tried(ledger: Ledger, proposal: Proposal) -> Iterator[str]:
    first = ledger.lineage(proposal.incumbent.id)[0].id
    for made in (entry.event.decision for entry in ledger.entries(Decided)):
        if made.candidate in (proposal.candidate.id, first):
            continue
        author = ledger.version(made.candidate).author
        yield f"{made.candidate[:8]} by {author}: {made.outcome}: {made.reason}"


def told(packet: Packet) -> str:
    """The change and its evidence, in lines that a terminal shows as they are: the difference
    first, and what matters most last, where somebody at a terminal looks.
    """
    return "\n".join(map(visible, _told(packet)))


def _told(packet: Packet) -> Iterator[str]:
    found, verdict = packet.proposal, packet.proposal.verdict
    yield from islice(shown(packet.changes), LONGEST)
    if packet.left_out:
        more = f"successor diff LAB {found.incumbent.id[:8]} {found.candidate.id[:8]}"
        yield f"... {packet.left_out:,} more lines: e[x]plain shows them, or {more}"
    yield ""
    yield f"Proposed     {found.candidate.id[:8]} by {found.candidate.author}"
    yield from _told_files(packet)
    yield f"Verdict      {verdict.outcome}: {verdict.reason}"
    yield f"Evidence     e-value {number(verdict.e_value)} of {number(verdict.threshold)} needed"
    yield f"Uncertainty  {packet.caution.uncertainty}"
    if packet.caution.lowered:
        yield f"Stage        {at_most(packet.caution.lowered)}"
    for each in packet.signatures:
        yield f"Signatures   {each.told()}"
    yield from _listed("Tripwires", packet.caution.tripwires)
    yield from _listed("Near misses", packet.caution.near_misses)
    yield from _listed("Hidden signs", packet.caution.hidden)
    yield from _listed("New since", packet.caution.author_changes)
    checked = f"{counted(verdict.items, 'fresh item')} put to both versions"
    slices = ", ".join(part.slice for part in packet.standings[:SHOWN])
    yield f"Checked      {checked}" + (f"; its own exam: {slices}" if slices else "")
    cost = f"{duration(packet.seconds)} of work on record"
    if packet.evaluations:
        cost = f"{number(packet.evaluations)} evaluations by its author, {cost}"
    yield f"Cost         {cost}"
    yield "Summary      written by a machine, of the figures on record; no word is the candidate's"
    yield from (f"             {line}" for line in packet.caution.summary)


def _told_files(packet: Packet) -> Iterator[str]:
    """Every file that changes, however long the difference is."""
    if packet.left_out or len(packet.changes) > 1:
        for change in packet.changes[:FILES]:
            added, removed = tallied(change)
            yield f"File         {visible(change.name)} +{added:,} -{removed:,}"
    if len(packet.changes) > FILES:
        yield f"File         ... and {len(packet.changes) - FILES:,} more"


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines or ("none",):
        yield f"{heading:<12} {line}"


def explained(packet: Packet) -> str:
    """More: slice by slice, the evidence as it grew, what was tried, what is taken for granted."""
    return "\n".join(map(visible, _explained(packet)))


def _explained(packet: Packet) -> Iterator[str]:
    if packet.left_out:
        yield f"The difference from line {LONGEST + 1} on"
        yield from islice(shown(packet.changes), LONGEST, None)
    yield "Own exams, share right: candidate, incumbent"
    for part in packet.standings:
        old = "-" if part.incumbent is None else f"{part.incumbent:.1%}"
        yield f"  {part.slice:<24} {part.candidate:>7.1%} {old:>7}"
    yield "Evidence as it grew, on items that no author saw"
    if not packet.batches:
        yield "  this judge keeps none that can be shown"
    for question in dict.fromkeys(batch.question for batch in packet.batches):
        rows = [batch for batch in packet.batches if batch.question == question]
        left_out = len(rows) - SHOWN
        for place, row in enumerate(rows):
            if left_out > 0 and place == SHOWN // 2:
                yield f"  ... {left_out} batches more"
            if left_out <= 0 or place < SHOWN // 2 or place >= SHOWN // 2 + left_out:
                yield f"  {question:<12} {row.items:>6,}  {row.told}"
    yield "Tried before"
    yield from (f"  {line}" for line in packet.tried or ("nothing",))
    for name, lines in packet.contract.items():
        yield name.capitalize()
        yield from (f"  {line}" for line in lines or ("nothing",))


def fields(packet: Packet | None) -> dict[str, Any]:
    """What waits, for programs; all null when nothing does."""
    if packet is None:
        return dict.fromkeys(_FIELDS)
    found, verdict = packet.proposal, packet.proposal.verdict
    made: dict[str, Any] = {
        "candidate": found.candidate.id,
        "incumbent": found.incumbent.id,
        "generation": found.generation,
        "author": found.candidate.author,
        "files": [asdict(change) for change in packet.changes],
        "verdict": verdict.reason,
        "e_value": verdict.e_value,
        "threshold": verdict.threshold,
        "effect": verdict.effect,
        "interval": list(verdict.interval),
        "items": verdict.items,
        "slices": {part.slice: part.candidate for part in packet.standings},
        "slices_before": {
            part.slice: part.incumbent for part in packet.standings if part.incumbent is not None
        },
        "course": [f"{each.question} {each.items}: {each.told}" for each in packet.batches],
        "tried": list(packet.tried),
        "contract": packet.contract or None,
        **{name: _plain(value) for name, value in asdict(packet.caution).items()},
    }
    return {name: made[name] for name in _FIELDS}


_FIELDS = (
    "candidate",
    "incumbent",
    "generation",
    "author",
    "files",
    "verdict",
    "e_value",
    "threshold",
    "effect",
    "interval",
    "items",
    "slices",
    "slices_before",
    "course",
    "tried",
    "contract",
    *(field.name for field in dataclass_fields(Caution)),
)


def _plain(value: str | tuple[str, ...] | None) -> str | list[str] | None:
    return list(value) if isinstance(value, tuple) else value


def editable(ledger: Ledger, proposal: Proposal) -> dict[str, str]:
    """The files of the candidate that a human may edit: those that it changes, as text."""
    found: dict[str, str] = {}
    for name, digest in proposal.candidate.files.items():
        data = ledger.object(digest)
        if proposal.incumbent.files.get(name) != digest and b"\0" not in data:
            try:
                found[name] = data.decode()
            except UnicodeDecodeError:
                continue
    return found


def whole(ledger: Ledger, proposal: Proposal, edited: dict[str, str]) -> dict[str, bytes]:
    """Every file of the candidate, with those that were edited in place.

    Raises:
        RecordError: when an object is missing or damaged.
    """
    if unknown := edited.keys() - proposal.candidate.files.keys():
        raise RecordError(f"the candidate has no file {min(unknown)!r}")
    kept = {name: ledger.object(digest) for name, digest in proposal.candidate.files.items()}
    return {**kept, **{name: text.encode() for name, text in edited.items()}}
