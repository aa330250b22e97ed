"""An improver: it yields candidates, is sent what they cost, and wants to find a cheap one soon."""

import random

TOGETHER = 10  # candidates that are made of the same one
SHARE = 0.11  # of the places of a candidate that change
STEP = 0.3  # how far a number moves
RESTART = 0.043  # of the candidates that begin anew
MOVED = {"reals": 0.0, "choices": 0.0, "order": 1.0}


def never_twice(change):
    """What was proposed is not proposed again, if something else comes up soon."""
    seen = set()

    def another(*given):
        new = change(*given)
        for _ in range(9):
            if tuple(new) not in seen:
                break
            new = change(*given)
        seen.add(tuple(new))
        return new

    return another


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


@never_twice
def changed(task, candidate, rng):
    if rng.random() < MOVED[task.kind]:
        return moved(task, candidate, rng)
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


def moved(task, candidate, rng):
    """One place is taken out and put in elsewhere."""
    new = list(candidate)
    new.insert(rng.randrange(task.size), new.pop(rng.randrange(task.size)))
    return new
