"""What a run of a system is: under which terms, where, and what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import programs

LONGEST_S = 4 * 3600.0
"""No run takes as long."""


@dataclass(frozen=True)
class Terms:
    """What every system gets for one program."""

    model: str
    """Of those that can be pulled, or a path to a file of weights."""
    calls: int
    longest: int
    """Tokens of an answer."""
    budget: str
    """Working time of our own two, at most, most of which is waiting for answers."""


@dataclass(frozen=True)
class Step:
    """A program that its system took for the best so far."""

    calls: int
    """Calls that had come to an end by then; 0 when it needed none."""
    text: str


@dataclass(frozen=True)
class Came:
    """What a run came to, by its own account."""

    steps: Sequence[Step]
    """Each better than those before; none when nothing better than the first program was found."""
    score: float
    """Of the last step, as the system saw it; 0 when it is not known."""
    ended: float
    """Seconds since 1970, of the last thing that it did."""
    failed: str = ""


@dataclass(frozen=True)
class Place:
    """Where a run is, and what it may use."""

    folder: Path
    lab: programs.Lab
    seed: int
    python: Path
    """Of the peers' environment."""
