"""What the judge `race` asks of a subject: programs that answer, run and can be weighed.

Protocols all through, so that a subject meets them without knowing of any judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from successor.types import Draw, Version, Workspace

SPEED = "speed"
"""The objective that is raced for. Others are weighed where the subject can, or scored."""
COST = "cost"
"""The objective that is what answers cost: raced for too, with costs in place of seconds."""
FIXED = "tests"
"""The slice that is the same in every draw: asked once, and no sample of anything."""


class Answered(Protocol):
    """One batch of fresh items put to both versions."""

    @property
    def slices(self) -> tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]:
        """(slice, the candidate's scores, the incumbent's), in [0, 1], item by item."""
        ...

    @property
    def counterexamples(self) -> tuple[bytes, ...]:
        """Inputs, as text, on which the incumbent is right and the candidate is not."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What happened on them, a line each, for people."""
        ...


class Heat(Protocol):
    """Both versions timed on the same fresh inputs, a moment apart on one core; or what it cost
    that they answered, in any unit.
    """

    @property
    def slice(self) -> str: ...
    @property
    def candidate(self) -> float:
        """Seconds, above 0, by a clock that neither version can reach."""
        ...

    @property
    def incumbent(self) -> float: ...
    @property
    def whole(self) -> tuple[float, float]:
        """(candidate, incumbent): seconds of all that their processes did, from their start on,
        or 0 where nobody knows. What is done before the clock starts is no gain.
        """
        ...


class Racer(Protocol):
    """A subject whose versions are programs.

    The judge's error rate rests on what only the subject can see to. Inputs are fresh in every
    draw. Every heat has processes of its own, for a process may be slow for all its life, by
    where it lies in memory and on which core. A coin for every heat says who runs first, and the
    order is reversed within it (AB BA), so that a drifting machine favours nobody. Time is taken
    outside.
    """

    @property
    def objectives(self) -> tuple[str, ...]:
        """Names of what should improve, the first counts most: "speed", "cost", what `weigh` names,
        or the first part of the names of the slices that score it ("accuracy" of "accuracy/8").
        """
        ...

    def ask(
        self,
        candidate: Version,
        incumbent: Version,
        draw: Draw,
        corpus: Sequence[bytes],
        work: Workspace,
    ) -> Answered:
        """Put the items of a draw to both, and the inputs of the corpus besides.

        What the corpus shows is told in `counterexamples` alone.
        """
        ...

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> Sequence[Heat]:
        """One heat for each item of the draw."""
        ...

    def weigh(
        self, candidate: Version, incumbent: Version, work: Workspace
    ) -> Mapping[str, tuple[float, float]]:
        """(candidate, incumbent) of what needs no sample: "size" in nodes of the syntax tree,
        "memory" in bytes, "cost" where it is certain; lower is better. Without a size, code
        costs nothing.
        """
        ...

    def suspicions(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[str, ...]:
        """What makes the candidate's results hard to believe, a line each: tripwires."""
        ...


@runtime_checkable
class Planting(Protocol):
    """A subject that plants items which nobody can pass, so that who passes one is found out."""

    def planted(self, candidate: Version, incumbent: Version, work: Workspace) -> tuple[str, ...]:
        """What the candidate passed of them, a line each. They are new in every judgement, and
        follow from no seed.
        """
        ...


def kind(slice_name: str) -> str:
    """What a slice belongs to: "accuracy" of "accuracy/8"."""
    return slice_name.partition("/")[0]
