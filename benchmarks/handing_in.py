"""When is a prompt worth a judge's time? Texts of known worth, simulated, and what handing them in
by one rule or another comes to.

    python benchmarks/handing_in.py

An author keeps the best of three texts on a front; most are no better than the first. What it hands
in costs the judge what `JUDGE` says, which follows from the evidence that it asks for. Told is what
a thousand answered items bring, in points of share right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Gains: TypeAlias = NDArray[np.float64]
Rule: TypeAlias = Callable[[Gains], bool]
"""Whether a text with these gains on the front, item by item, is handed in."""

TEXTS, ATTEMPTS, RIGHT, KEPT = 3, 4000, 0.35, 0.85
"""Texts of an attempt; attempts; share right of the first text, and of that what another keeps."""
JUDGE: Mapping[float, tuple[int, float]] = {0.0: (1024, 0.0), 0.1: (900, 0.8), 0.2: (250, 1.0)}
"""Of a text that gains so much: items that both versions answer, of at most 1,024, and how often it
is promoted in the end."""
WORLDS: Mapping[str, Sequence[float]] = {
    "rarely": (0.8, 0.15, 0.05),
    "half the time": (0.5, 0.35, 0.15),
    "mostly": (0.2, 0.5, 0.3),
}
"""How often an attempt comes to nothing better, to one text of three by 10 points, by 20."""
FRONTS: Mapping[int, int] = {24: 200, 96: 800}
"""Items of the front, and what an attempt costs."""


@dataclass(frozen=True)
class Came:
    """What a rule came to."""

    handed: float
    """Share of attempts."""
    better: float
    """Of what was handed in."""
    points: float
    """Gained for a thousand answered items."""


def drawn(gain: float, first: NDArray[np.bool_], random: np.random.Generator) -> Gains:
    """Another text's scores less the first's: it keeps most of what was right, and the rest follows
    from what it gains.
    """
    won = (RIGHT + gain - KEPT * RIGHT) / (1 - RIGHT)
    right = random.random(len(first)) < np.where(first, KEPT, won)
    return right.astype(np.float64) - first


def came(rule: Rule, front: int, world: Sequence[float]) -> Came:
    """Many attempts, the same ones for every rule."""
    random = np.random.default_rng(3)
    items, points, handed, better = 0, 0.0, 0, 0
    for gain in random.choice([*JUDGE], size=ATTEMPTS, p=world):
        first = random.random(front) < RIGHT
        worth = (*[0.0] * (TEXTS - 1), float(gain))
        texts = [drawn(each, first, random) for each in worth]
        best = max(range(TEXTS), key=lambda place: float(texts[place].mean()))
        items += FRONTS[front]
        if rule(texts[best]):
            cost, promoted = JUDGE[worth[best]]
            items, points = items + cost, points + 100 * worth[best] * promoted
            handed, better = handed + 1, better + (worth[best] > 0)
    return Came(handed / ATTEMPTS, better / max(1, handed), 1000 * points / items)


def errors(count: float) -> Rule:
    """Two points at least, and so many standard errors."""

    def rule(gains: Gains) -> bool:
        error = float(gains.std(ddof=1)) / len(gains) ** 0.5
        return float(gains.mean()) >= max(0.02, count * error)

    return rule


def main() -> None:
    """Every rule in every world."""
    print(
        "| better texts are found | front | standard errors | handed in | of it better | points |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, world in WORLDS.items():
        for front in FRONTS:
            for count in (0, 1, 1.5, 2):
                found = came(errors(count), front, world)
                shares = f"{found.handed:.0%} | {found.better:.0%} | {found.points:.2f}"
                print(f"| {name} | {front} | {count:g} | {shares} |")


if __name__ == "__main__":
    main()
