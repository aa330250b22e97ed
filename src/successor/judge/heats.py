"""Heats so far, of time or of cost: asked in batches, and read as ratios."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from successor.judge.bout import Bout
from successor.judge.evidence import Scores
from successor.judge.plan import Mix
from successor.judge.racer import Heat
from successor.judge.trial import more
from successor.types import Draw

_LEAST = 8
"""Heats in the smallest batch: about as many as could decide anything."""


@dataclass(frozen=True)
class Heats:
    """What objectives share whose evidence is how many times less the candidate took. Abstract."""

    label: ClassVar[str]
    """What the seeds of its draws are told apart by."""
    bout: Bout
    mix: Mix
    factor: float
    """How many times less the candidate has to take."""
    tolerance: float
    lag: float
    most: int
    runs: list[tuple[Draw, tuple[Heat, ...]]] = field(
        default_factory=list["tuple[Draw, tuple[Heat, ...]]"]
    )

    @property
    def hopeful(self) -> bool:
        return True

    @property
    def items(self) -> int:
        return sum(len(heats) for _, heats in self.runs)

    @property
    def full(self) -> bool:
        return self.items >= self.most

    def ask(self, evidence: float, needed: float) -> None:
        wanted = more(self.items, evidence, needed) or _LEAST
        times = max(1, -(-min(wanted, self.most - self.items) // self.mix.items))
        counts = tuple((name, count * times) for name, count in self.mix.parts)
        self.runs.append(self.bout.heats(counts, f"{self.label}/{len(self.runs)}"))

    def ratios(self, name: str | None = None) -> Scores:
        """How many times less the candidate took, heat by heat, on all sizes or on one."""
        heats = [heat for _, run in self.runs for heat in run if name in (None, heat.slice)]
        return np.array([heat.incumbent / heat.candidate for heat in heats], dtype=np.float64)

    def draws(self, measured: str) -> list[dict[str, object]]:
        """Every draw with what both took, under the name of what was measured, to be kept."""
        return [
            {
                "seed": draw.seed,
                "counts": draw.counts,
                measured: [
                    (heat.slice, heat.candidate, heat.incumbent, *heat.whole) for heat in heats
                ],
            }
            for draw, heats in self.runs
        ]
