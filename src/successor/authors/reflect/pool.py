"""The texts that are kept, and on which items each is the best (a Pareto front over items).

As GEPA does it (Agrawal et al. 2025, section 3.3): a text that is the best on some item holds an
idea that may be worth having, whatever its mean is. The one to be changed next is drawn by how
many items it is the best on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt
from random import Random
from statistics import mean, stdev

_ERRORS = 1.5
"""Standard errors that a gain has to reach. The best of several on two dozen items is above the
first by luck more often than not, and each such one costs a judge hundreds of items
(benchmarks/handing_in.py)."""


@dataclass(frozen=True)
class Entry:
    """A text and its scores on the items of the front, in their order."""

    text: str
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        return sum(self.scores) / len(self.scores)


@dataclass
class Pool:
    """All that are kept; the first is the one to beat."""

    entries: list[Entry] = field(default_factory=list[Entry])

    def wins(self) -> Counter[int]:
        """How many items each text is the best on, those left out that another one replaces."""
        best = [max(scores) for scores in zip(*(each.scores for each in self.entries), strict=True)]
        winners = [
            {place for place, each in enumerate(self.entries) if each.scores[item] == most}
            for item, most in enumerate(best)
        ]
        kept = set[int]().union(*winners)
        for place in sorted(kept, key=lambda place: (self.entries[place].mean, -place)):
            if all(len(who & kept) > 1 for who in winners if place in who):
                kept.remove(place)
        return Counter(place for who in winners for place in who & kept)

    def parent(self, random: Random) -> Entry:
        """One of those that are the best on some item."""
        wins = self.wins()
        return self.entries[random.choices([*wins], [*wins.values()])[0]]

    def couple(self, random: Random) -> tuple[Entry, Entry] | None:
        """Two that are the best on different items; None when one is the best on all."""
        wins = self.wins()
        if len(wins) < 2:
            return None
        first, second = random.sample(sorted(wins), 2)
        return self.entries[first], self.entries[second]

    @property
    def best(self) -> Entry:
        """The one with the highest mean, the earliest of equals."""
        return max(self.entries, key=lambda each: each.mean)

    def leads(self, least: float) -> bool:
        """Whether the best one is above the first by so much on the front, and by more than it may
        well be by luck.
        """
        pairs = zip(self.best.scores, self.entries[0].scores, strict=True)
        gains = [best - first for best, first in pairs]
        error = stdev(gains) / sqrt(len(gains))
        return mean(gains) >= max(least, _ERRORS * error, 1e-9)
