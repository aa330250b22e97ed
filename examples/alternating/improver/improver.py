"""An improver: it yields candidates, is sent what they cost, and wants to find a cheap one soon."""

import random

TOGETHER = 10  # candidates that are made of the same one
SHARE = 0.5  # of the places of a candidate that change
STEP = 0.3  # how far a number moves
RESTART = 0.2  # of the candidates that begin anew


def improve(task):
    rng = random.Random(task.seed)
    best, least = None, float("inf")
    while task.left:
        candidates = []
        for _ in range(TOGETHER):
            anew = best is None or rng.random() < RESTART
            candidates.append(fresh(task, rng) if anew else changed(task, best, rng))
        costs = yield candidates
        for candidate, cost in zip(candidates, costs, strict=False):
            if cost < least:
                best, least = candidate, cost


def fresh(task, rng):
    if task.kind == "reals":
        return [rng.random() for _ in range(task.size)]
    if task.kind == "choices":
        return [rng.randrange(task.choices) for _ in range(task.size)]
    return rng.sample(range(task.size), task.size)


def changed(task, candidate, rng):
    new = list(candidate)
    for place in range(task.size):
        if rng.random() < SHARE:
            if task.kind == "reals":
                new[place] = min(1, max(0, new[place] + rng.gauss(0, STEP)))
            elif task.kind == "choices":
                new[place] = rng.randrange(task.choices)
            else:
                other = rng.randrange(task.size)
                new[place], new[other] = new[other], new[place]
    return new
