"""Programs that take simulated time on a bad machine, to measure how often the judge `race` errs.

Nothing is run: a version is its seconds, its rates of wrong answers and of perfect scores and
its size, and the machine is what real ones are: noise with heavy tails that resembles what was
there a moment before, a clock rate that drifts, and now and then something else to do.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from successor.types import Digest, Draw, Exam, Slice, Version, Workspace


@dataclass(frozen=True)
class Runner:
    """A program as the judge can see it."""

    seconds: float = 1.0
    """Per unit of size, on a quiet machine."""
    wrong: float = 0.0
    """Chance, in [0, 1], of being wrong where its predecessor is right."""
    score: float = 0.5
    """Mean of its score on an item of "accuracy", each with luck of its own."""
    luck: float = 0.2
    """Largest deviation of that score, either way: the seed of this very version."""
    nodes: float = 100.0
    suspicious: bool = False
    start: float = 0.0
    """Seconds before the first unit of size."""
    beforehand: float = 0.0
    """Seconds of its process before the clock starts."""


@dataclass(frozen=True)
class Machine:
    """What comes between a program and the time that it takes."""

    noise: float = 0.05
    """Standard deviation of the log of a time, apart from all that follows."""
    kept: float = 0.0
    """Share of the noise of a moment that is still there in the next, in [0, 1)."""
    drift: float = 0.0
    """Growth of the log of every time, from one run to the next."""
    cold: float = 0.0
    """Share by which the first run of a heat takes longer: nothing is in any cache."""
    busy: float = 0.0
    """Chance that something else runs, and the time is multiplied by a Pareto variable, whose
    mean is infinite."""


@dataclass(frozen=True)
class SimulatedHeat:
    """Seconds of both versions on the same inputs."""

    slice: str
    candidate: float
    incumbent: float
    whole: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class SimulatedAnswers:
    """What both versions answered."""

    slices: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...]
    counterexamples: tuple[bytes, ...]
    notes: tuple[str, ...]


@dataclass
class Clock:
    """The machine as time goes by."""

    machine: Machine
    rng: np.random.Generator
    log_load: float = 0.0
    runs: int = 0

    def time(self, seconds: float) -> float:
        """What a run of so many seconds takes now."""
        told, shock = self.machine, self.rng.normal()
        fresh = told.noise * math.sqrt(1 - told.kept**2)
        self.log_load = told.kept * self.log_load + fresh * shock
        self.runs += 1
        held_up = 1 + self.rng.pareto(1.0) if self.rng.random() < told.busy else 1.0
        return seconds * math.exp(self.log_load + told.drift * self.runs) * held_up


@dataclass(frozen=True)
class SimulatedRacer:
    """Runs the programs that it is told of; the same draw gives the same answers, not times."""

    runners: Mapping[Digest, Runner]
    clock: Clock
    objectives: tuple[str, ...] = ("speed",)
    sizes: tuple[int, ...] = (1, 2, 4)
    alternating: bool = True
    """Whether the order within a heat is random and reversed; False has the incumbent always run
    first, to measure what that is for."""
    corpus: list[bytes] = field(default_factory=list[bytes])
    """What it was asked beside the draws."""

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """An exam of a program that agrees with itself, as often right as expected."""
        runner = self.runners[version.id]
        parts = [Slice("tests", 1.0, (1.0,) * 5)]
        for size in self.sizes:
            parts.append(Slice(f"agreement/{size}", size, (1.0,) * 20))
            parts.append(Slice(f"accuracy/{size}", size, (runner.score,) * 20))
            parts.append(Slice(f"speed/{size}", size, (0.5,) * 20))
        counts = tuple((part.name, len(part.scores)) for part in parts)
        return Exam(version.id, Draw("training", seed, counts), tuple(parts))

    def ask(
        self,
        candidate: Version,
        incumbent: Version,
        draw: Draw,
        corpus: Sequence[bytes],
        work: Workspace,
    ) -> SimulatedAnswers:
        """The incumbent is right; the candidate by chance. Accuracy is luck around a mean."""
        self.corpus.extend(corpus)
        rng = np.random.default_rng(draw.seed)
        parts = list[tuple[str, tuple[float, ...], tuple[float, ...]]]()
        for name, count in draw.counts:
            if name.startswith("accuracy"):
                new, old = (self._lucky(v, draw.seed, name, count) for v in (candidate, incumbent))
            else:
                right = rng.random(count) >= self.runners[candidate.id].wrong
                new, old = tuple(right.astype(float).tolist()), (1.0,) * count
            parts.append((name, new, old))
        wrong = [(name, k) for name, new, old in parts for k in range(len(new)) if new[k] < old[k]]
        found = [f'["{name}",{k}]' for name, k in wrong if not name.startswith("accuracy")]
        notes = tuple(f"{each}: 1 where 2 was right" for each in found)
        return SimulatedAnswers(tuple(parts), tuple(each.encode() for each in found), notes)

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[SimulatedHeat, ...]:
        """AB BA, or BA AB, by a coin for every heat."""
        return tuple(
            self._heat(name, self.runners[candidate.id], self.runners[incumbent.id])
            for name, count in draw.counts
            for _ in range(count)
        )

    def weigh(
        self, candidate: Version, incumbent: Version, work: Workspace
    ) -> Mapping[str, tuple[float, float]]:
        """The size alone."""
        return {"size": (self.runners[candidate.id].nodes, self.runners[incumbent.id].nodes)}

    def suspicions(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[str, ...]:
        """What the runner says of itself."""
        return ("state kept between calls",) * self.runners[candidate.id].suspicious

    def _heat(self, name: str, candidate: Runner, incumbent: Runner) -> SimulatedHeat:
        size = int(name.partition("/")[2])
        order, times = [1, 0], [0.0, 0.0]
        if self.alternating:
            order = [0, 1, 1, 0] if self.clock.rng.random() < 0.5 else [1, 0, 0, 1]
        for turn, place in enumerate(order):
            runner = (candidate, incumbent)[place]
            taken = self.clock.time(runner.start + runner.seconds * size)
            times[place] += taken * (1 + self.clock.machine.cold * (turn == 0))
        whole = (times[0] + candidate.beforehand, times[1] + incumbent.beforehand)
        return SimulatedHeat(name, times[0], times[1], whole)

    def _lucky(self, version: Version, seed: int, name: str, count: int) -> tuple[float, ...]:
        runner, own = self.runners[version.id], hashlib.sha256(f"{version.id}{name}".encode())
        rng = np.random.default_rng([seed, int.from_bytes(own.digest()[:8], "big")])
        luck = rng.uniform(-runner.luck, runner.luck, count)
        return tuple(np.clip(runner.score + luck, 0.0, 1.0).tolist())


def entered(runner: Runner, name: str = "") -> Version:
    """A version that is this runner; the name tells it from others that run alike."""
    digest = hashlib.sha256(f"{name}{runner!r}".encode()).hexdigest()
    return Version(digest, {}, (), "simulated")
