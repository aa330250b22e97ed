"""What people picked for a generation to turn to first, beside the machine's own pick, and what
that generation gained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from successor.insight.report.html import counted
from successor.ledger import (
    Decided,
    Directed,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Ledger,
    Proposed,
)
from successor.types import Digest


@dataclass(frozen=True)
class Directing:
    """One pick of a person's, of a generation that came to its end."""

    seq: int
    """Number of its event."""
    by: str
    picked: Proposed
    machine: Proposed
    """What was proposed first."""
    generation: int
    """That it was for."""
    gained: float | None
    """Rise of the mean score, over the slices of the version in charge before; None where there was
    no exam of it. One generation alone proves nothing."""

    @property
    def agrees(self) -> bool:
        """Whether both picked the same."""
        return self.picked == self.machine


def directions(ledger: Ledger) -> tuple[Directing, ...]:
    """All of a record, the oldest first. A pick that was taken back, or replaced before anything
    began, steered nothing.
    """
    return tuple(_found(ledger))


def _found(ledger: Ledger) -> Iterator[Directing]:
    means: dict[Digest, dict[str, float]] = {}
    pending: Directing | None = None
    under_way, before, charge = pending, Digest(), Digest()
    for entry in ledger.entries():
        match entry.event:
            case Directed(by=by, proposed=proposed) as made:
                pick = made.pick
                pending = Directing(entry.seq, by, pick, proposed[0], -1, None) if pick else None
            case GenerationOpened(generation=number, incumbent=incumbent):
                under_way = replace(pending, generation=number) if pending else None
                pending, before = None, incumbent or ""
                charge = before
            case Examined(version=name, slices=slices, draw=draw) if draw.purpose == "training":
                means[name] = {each.name: each.mean for each in slices}
            case Decided(decision=made) if made.outcome == "promoted":
                charge = made.candidate
            case GenerationClosed() if under_way is not None:
                yield replace(under_way, gained=rise(means.get(before), means.get(charge)))
                under_way = None
            case _:
                pass


def rise(before: Mapping[str, float] | None, after: Mapping[str, float] | None) -> float | None:
    """Of the mean score, over the slices of the first of two exams; None where one is missing."""
    if not before or not after:
        return None
    return sum(after[name] - mean for name, mean in before.items() if name in after) / len(before)


def as_fields(found: Sequence[Directing]) -> list[dict[str, object]]:
    """As JSON."""
    return [
        {
            "event": each.seq,
            "generation": each.generation,
            "by": each.by,
            "picked": _fields(each.picked),
            "machine": _fields(each.machine),
            "same": each.agrees,
            "gained": each.gained,
        }
        for each in found
    ]


def _fields(step: Proposed) -> dict[str, object]:
    return {"weakness": step.weakness or None, "author": step.author or None, "gain": step.gain}


def told_directions(found: Sequence[Directing]) -> Iterator[str]:
    """For a person to read; nothing where nobody ever picked."""
    if not found:
        return
    other = sum(not each.agrees for each in found)
    yield ""
    yield (
        f"{counted(len(found), 'generation')} turned first to what a person had picked; at {other} "
        "of these picks the machine's own was another. Points of the mean score:"
    )
    for each in found:
        mine, its = each.picked, each.machine
        gained = "can't tell" if each.gained is None else f"{100 * each.gained:+.2f}"
        yield (
            f"  event {each.seq}, {each.by}: {mine.author or mine.weakness} "
            f"({_points(mine.gain)} predicted, {gained} gained); "
            f"the machine's: {its.author or its.weakness} ({_points(its.gain)})"
        )


def _points(gain: float | None) -> str:
    return "none" if gain is None else f"{100 * gain:+.2f}"
