"""Orders to be found: tours, rankings, schedules, layouts."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from random import Random

from successor.subjects.improver.spaces import Candidate, Space
from successor.subjects.improver.task import Task


def tour(rng: Random) -> Task:
    """The travelling salesman's, over points in a square."""
    space, points = _space(rng), list[tuple[float, float]]()
    points = [(rng.random(), rng.random()) for _ in range(space.size)]
    far = [[math.dist(a, b) for b in points] for a in points]

    def cost(at: Candidate) -> float:
        order = _order(at)
        return far[order[-1]][order[0]] + sum(far[a][b] for a, b in pairwise(order))

    bound = sum(sum(sorted(row)[1:3]) for row in far) / 2  # every place has two neighbours
    return Task("tour", space, cost, bound)


def ranking(rng: Random) -> Task:
    """Linear ordering: votes of one before another that the order goes against."""
    space = _space(rng)
    votes = [[rng.random() ** 2 for _ in range(space.size)] for _ in range(space.size)]

    def cost(at: Candidate) -> float:
        return sum(votes[b][a] for a, b in combinations(_order(at), 2))

    pairs = combinations(range(space.size), 2)
    return Task("ranking", space, cost, sum(min(votes[a][b], votes[b][a]) for a, b in pairs))


def lateness(rng: Random) -> Task:
    """Jobs on one machine: how late each is, by what that costs."""
    space = _space(rng)
    takes = [rng.uniform(1, 10) for _ in range(space.size)]
    due = [rng.uniform(0, 0.9) * sum(takes) for _ in takes]
    worth = [rng.uniform(1, 5) for _ in takes]

    def cost(at: Candidate) -> float:
        now = total = 0.0
        for job in _order(at):
            now += takes[job]
            total += worth[job] * max(0.0, now - due[job])
        return total

    # Alone and first, a job is as early as it can be.
    least = zip(takes, due, worth, strict=True)
    return Task("lateness", space, cost, sum(w * max(0.0, t - d) for t, d, w in least))


def flow(rng: Random) -> Task:
    """A flow shop: every job visits all machines in turn, and the last end counts."""
    space, machines = _space(rng), rng.randint(3, 6)
    takes = [[rng.uniform(1, 10) for _ in range(machines)] for _ in range(space.size)]

    def cost(at: Candidate) -> float:
        ends = [0.0] * machines
        for job in _order(at):
            before = 0.0
            for machine, time in enumerate(takes[job]):
                before = ends[machine] = max(before, ends[machine]) + time
        return ends[-1]

    bound = max(
        min(sum(job[:machine]) for job in takes)
        + sum(job[machine] for job in takes)
        + min(sum(job[machine + 1 :]) for job in takes)
        for machine in range(machines)
    )
    return Task("flow", space, cost, bound)


def layout(rng: Random) -> Task:
    """Quadratic assignment: what goes between two, times how far apart they are placed."""
    space = _space(rng)
    points = [(rng.random(), rng.random()) for _ in range(space.size)]
    pairs = list(combinations(range(space.size), 2))
    goes = {pair: rng.random() ** 4 for pair in pairs}

    def cost(at: Candidate) -> float:
        order = _order(at)
        return sum(w * math.dist(points[order[a]], points[order[b]]) for (a, b), w in goes.items())

    far = sorted(math.dist(points[a], points[b]) for a, b in pairs)
    most = sorted(goes.values(), reverse=True)  # the most goes the shortest way
    return Task("layout", space, cost, sum(w * d for w, d in zip(most, far, strict=True)))


def line(rng: Random) -> Task:
    """Linear arrangement: a graph laid out in a row, by the length of its edges."""
    space = _space(rng)
    hidden, edges = _order(space.draw(rng)), set[tuple[int, int]]()
    for place in range(space.size):
        for length in (1, 2):
            if place + length < space.size and (length == 1 or rng.random() < 0.5):
                edges.add((hidden[place], hidden[place + length]))

    def cost(at: Candidate) -> float:
        places = {node: place for place, node in enumerate(at)}
        return sum(abs(places[a] - places[b]) for a, b in edges)

    degrees = [sum(node in edge for edge in edges) for node in range(space.size)]
    # Around a node there are two places at every distance, and every edge has two ends.
    bound = sum(sum(1 + k // 2 for k in range(degree)) for degree in degrees) / 2
    return Task("line", space, cost, bound)


def _space(rng: Random) -> Space:
    return Space("order", rng.randint(7, 14))


def _order(at: Candidate) -> list[int]:
    return [int(each) for each in at]
