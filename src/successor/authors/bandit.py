"""Which of several ways to go on with, when it is not known which pays: Thompson sampling.

For each way the chance that it pays is drawn from what is believed of it (a beta distribution,
even at first); the way with the largest draw goes next (Thompson 1933; Chapelle & Li 2011). What
has paid is used most, and what has not is still tried now and then.
"""

from __future__ import annotations

import random
from collections.abc import Sequence


class Bandit:
    """Ways, by name, with how often each has paid."""

    def __init__(self, ways: Sequence[str]) -> None:
        self._told: dict[str, tuple[int, int]] = dict.fromkeys(ways, (1, 1))

    def choose(self, rng: random.Random) -> str:
        """The way to try next."""
        return self.ranked(rng)[0]

    def ranked(self, rng: random.Random) -> list[str]:
        """All ways, the one to try next first."""
        draws = {way: rng.betavariate(*told) for way, told in self._told.items()}
        return sorted(draws, key=lambda way: -draws[way])

    def learn(self, way: str, *, paid: bool) -> None:
        """Take into account what came of one try."""
        good, bad = self._told[way]
        self._told[way] = (good + paid, bad + (not paid))

    def believed(self, way: str) -> float:
        """Mean of what is believed of the chance that a way pays, in (0, 1)."""
        good, bad = self._told[way]
        return good / (good + bad)
