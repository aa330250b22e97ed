"""An improver: it yields candidates, is sent what each costs, and wants to find cheap ones soon."""

import random

STEP = 0.3  # how far a number moves
SHARE = 0.5  # of the places of a candidate that change
RESTART = 0.2  # of the candidates that begin anew


def improve(task):
    rng = random.Random(task.seed)
    best = fresh(task, rng)
    least = yield best
    while task.left:
        candidate = fresh(task, rng) if rng.random() < RESTART else changed(task, best, rng)
        cost = yield candidate
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
