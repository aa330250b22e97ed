"""Families of tasks that no exam has: written after the improvers that they are put to were frozen.

One for each space. They stay out of the subject, where authors and judges would come to know them.
"""

from __future__ import annotations

import math
from itertools import combinations
from random import Random

from successor.subjects.improver.families import Family
from successor.subjects.improver.spaces import Candidate, Kind, Space
from successor.subjects.improver.task import Task

_APART = {3: math.sqrt(6) - math.sqrt(2), 4: 1.0, 5: math.sqrt(0.5), 6: math.sqrt(13) / 6}
"""How far apart so many points in a square of side 1 can be (Schaer 1965, Melissen 1993)."""


def spread(rng: Random) -> Task:
    """Points in a square, as far apart as can be: the two nearest count."""
    points = rng.choice([*_APART])
    space = Space("reals", 2 * points)

    def cost(at: Candidate) -> float:
        places = [*zip(at[::2], at[1::2], strict=True)]
        return -min(math.dist(a, b) for a, b in combinations(places, 2))

    return Task("spread", space, cost, -_APART[points])


def colours(rng: Random) -> Task:
    """A graph that can be coloured: how many edges have one colour at both ends."""
    space = Space("choices", rng.randint(8, 20), rng.randint(3, 4))
    hidden = space.draw(rng)
    pairs = combinations(range(space.size), 2)
    able = [(a, b) for a, b in pairs if hidden[a] != hidden[b]]
    edges = rng.sample(able, min(len(able), 3 * space.size))

    def cost(at: Candidate) -> float:
        return float(sum(at[a] == at[b] for a, b in edges))

    return Task("colours", space, cost, 0.0)


def bins(rng: Random) -> Task:
    """In which order first fit fills the fewest bins: the mean square of what is left empty."""
    space, items = Space("order", rng.randint(8, 14)), list[float]()
    while len(items) < space.size:  # full bins, cut into pieces
        pieces = min(rng.randint(2, 4), space.size - len(items))
        cuts = sorted(rng.random() for _ in range(pieces - 1))
        items += [b - a for a, b in zip([0.0, *cuts], [*cuts, 1.0], strict=True)]

    def cost(at: Candidate) -> float:
        room = list[float]()
        for each in at:
            size = items[int(each)]
            fits = next((k for k, left in enumerate(room) if left >= size - 1e-9), None)
            if fits is None:
                room.append(1.0)
            room[-1 if fits is None else fits] -= size
        return sum(left * left for left in room)

    return Task("bins", space, cost, 0.0)


NEWCOMERS: dict[Kind, Family] = {"reals": spread, "choices": colours, "order": bins}
