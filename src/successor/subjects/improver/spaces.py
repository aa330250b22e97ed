"""What a candidate may be: numbers, choices, or an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias, cast

from successor.sandbox.texts import shown

Kind: TypeAlias = Literal["reals", "choices", "order"]
KINDS: tuple[Kind, ...] = ("reals", "choices", "order")
Candidate: TypeAlias = Sequence[float]
"""Whole numbers but for "reals"."""
_SHOWN = 80


@dataclass(frozen=True)
class Space:
    """All candidates of one task."""

    kind: Kind
    size: int
    """Places of a candidate."""
    choices: int = 0
    """What each place of "choices" chooses from, counted from 0; else 0."""

    def draw(self, rng: Random) -> Candidate:
        """Any of them, all equally likely."""
        match self.kind:
            case "reals":
                return [rng.random() for _ in range(self.size)]
            case "choices":
                return [rng.randrange(self.choices) for _ in range(self.size)]
            case "order":
                return rng.sample(range(self.size), self.size)

    def read(self, said: object) -> Candidate:
        """What an improver proposed, which may be anything.

        Raises:
            ValueError: when it is none of them, and why.
        """
        given = cast("Sequence[object]", said if type(said) in (list, tuple) else ())
        allowed: set[type] = {int, float} if self.kind == "reals" else {int}
        if len(given) == self.size and {*map(type, given)} <= allowed:
            found = cast("Candidate", given)
            if self._has(found):
                return found
        told = shown(said)[:_SHOWN]
        raise ValueError(f"proposed {told}, where a candidate is a list of {self.told}")

    @property
    def told(self) -> str:
        """In words."""
        match self.kind:
            case "reals":
                return f"{self.size} numbers in [0, 1]"
            case "choices":
                return f"{self.size} whole numbers in 0..{self.choices - 1}"
            case "order":
                return f"the numbers 0..{self.size - 1} in some order"

    def _has(self, found: Sequence[float]) -> bool:
        match self.kind:
            case "reals":
                return all(0 <= each <= 1 for each in found)  # not by min and max: NaN hides there
            case "choices":
                return min(found) >= 0 and max(found) < self.choices
            case "order":
                return sorted(found) == [*range(self.size)]
