"""Functions of a few numbers in [0, 1], each with its least value, 0, somewhere inside.

Known shapes of black-box optimisation (Hansen et al., "Real-parameter black-box optimization
benchmarking", 2009), moved and scaled at random.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from successor.subjects.improver.spaces import Candidate, Space
from successor.subjects.improver.task import Task

FEWEST, MOST = 3, 8
"""Numbers of a candidate."""


def bowl(rng: Random) -> Task:
    """A sphere, stretched along its axes."""
    space, best = _space(rng)
    weights = [10 ** rng.uniform(0, 2) for _ in best]

    def cost(at: Candidate) -> float:
        return math.sqrt(sum(w * d * d for w, d in zip(weights, _off(at, best), strict=True)))

    return Task("bowl", space, cost, 0.0)


def valley(rng: Random) -> Task:
    """Narrow across all axes: numbers have to move together."""
    space, best = _space(rng)
    steep = rng.uniform(10, 100)

    def cost(at: Candidate) -> float:
        off = _off(at, best)
        return math.sqrt(
            sum(d * d for d in off) + steep * sum((a - b) ** 2 for a, b in pairwise(off))
        )

    return Task("valley", space, cost, 0.0)


def ripples(rng: Random) -> Task:
    """Rastrigin's: a bowl with many small ones in it."""
    space, best = _space(rng)
    width, height = rng.uniform(2, 5), rng.uniform(0.5, 3)

    def cost(at: Candidate) -> float:
        off = [width * d for d in _off(at, best)]
        return sum(d * d + height * (1 - math.cos(2 * math.pi * d)) for d in off)

    return Task("ripples", space, cost, 0.0)


def banana(rng: Random) -> Task:
    """Rosenbrock's: a valley that bends."""
    space, best = _space(rng)

    def cost(at: Candidate) -> float:
        y = [1 + 4 * d for d in _off(at, best)]
        return math.log1p(sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(y)))

    return Task("banana", space, cost, 0.0)


def funnel(rng: Random) -> Task:
    """Ackley's: nearly flat and rough far away, steep near the middle."""
    space, best = _space(rng)
    width = rng.uniform(4, 16)

    def cost(at: Candidate) -> float:
        off, n = [width * d for d in _off(at, best)], space.size
        far = math.sqrt(sum(d * d for d in off) / n)
        waves = sum(math.cos(2 * math.pi * d) for d in off) / n
        return max(0.0, 20 + math.e - 20 * math.exp(-0.2 * far) - math.exp(waves))

    return Task("funnel", space, cost, 0.0)


def peaks(rng: Random) -> Task:
    """Hills of several heights, one of which is the highest (Gallagher & Yuan 2006)."""
    space, best = _space(rng)
    tops = [best, *(space.draw(rng) for _ in range(9))]
    heights = [1.0, *(rng.uniform(0.3, 0.9) for _ in tops[1:])]
    widths = [rng.uniform(0.1, 0.3) * math.sqrt(space.size) for _ in tops]

    def cost(at: Candidate) -> float:
        return 1 - max(
            height * math.exp(-sum(d * d for d in _off(at, top)) / (2 * width * width))
            for top, height, width in zip(tops, heights, widths, strict=True)
        )

    return Task("peaks", space, cost, 0.0)


def _space(rng: Random) -> tuple[Space, list[float]]:
    """A size, and where the least value is: not at the edges."""
    space = Space("reals", rng.randint(FEWEST, MOST))
    return space, [rng.uniform(0.1, 0.9) for _ in range(space.size)]


def _off(at: Candidate, best: Sequence[float]) -> list[float]:
    return [x - b for x, b in zip(at, best, strict=True)]
