"""What authors and judges get to know. Their rooms name the same shapes for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Screening:
    """One variant beside the incumbent, on items that authors may see."""

    correct: bool
    why: str
    """The first difference or failure, one line; "" when correct."""
    gains: Mapping[str, float] = field(default_factory=dict[str, float])
    """By objective: the incumbent's cost over the variant's; 2.0 is twice as good."""
    nodes: int = 0
    """Of the syntax tree of the target's file."""
    contested: tuple[str, ...] = ()
    """(call, the original's answer, its own), of one that passes all tests and has only that
    against it."""


@dataclass(frozen=True)
class Question:
    """A call to which repairs that pass the same tests answer otherwise."""

    call: str
    answers: tuple[str, ...]
    """Each as in "be 3" or "raise ValueError"."""


@dataclass(frozen=True)
class Answered:
    """One batch of fresh items, put to both."""

    slices: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
    """(slice, the candidate's scores, the incumbent's), each in [0, 1], item by item."""
    counterexamples: tuple[bytes, ...]
    """Inputs, as typed JSON, where the incumbent is right and the candidate is not."""
    notes: tuple[str, ...] = ()
    """For people."""


@dataclass(frozen=True)
class Heat:
    """One timing of both on the same fresh inputs, one after the other."""

    slice: str
    candidate: float
    incumbent: float  # both in seconds
    whole: tuple[float, float] = (0.0, 0.0)
    """(candidate, incumbent): seconds from the start of their processes on; 0 where not known."""
