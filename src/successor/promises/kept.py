"""What came of trying a promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

State: TypeAlias = Literal["kept", "broken", "not shown"]
"""Not shown: nothing here could have broken it, or it was not tried, and why."""


@dataclass(frozen=True)
class Kept:
    """What was seen of one promise."""

    state: State
    figure: str
    """In a line, for people: what was tried, how often, and what came of it."""
    tried: int = 0
    """How many times it could have been broken."""
    broken: int = 0
    seconds: float = 0.0


Told = Callable[[float, float, str], None]
"""How much is done, of how much, and of what."""


@dataclass(frozen=True)
class Promise:
    """A promise, and how it is tried."""

    number: int
    name: str
    tests: str
    """Where its tests are, in the source."""
    of_lab: bool
    """Whether it is tried on a lab; on the installation otherwise."""
    attempt: Callable[[Path, Told], Kept]
    """Takes the folder of a lab, or of nothing, and changes nothing of it; tells how far it is."""
    ahead: Callable[[], str] = lambda: ""
    """What is to be done, and how long that takes, where that is long; asked when it begins."""


def counted(tried: int, broken: int, figure: str) -> Kept:
    """Broken if any attempt was; not shown without any."""
    state: State = "broken" if broken else "kept" if tried else "not shown"
    return Kept(state, figure, tried, broken)
