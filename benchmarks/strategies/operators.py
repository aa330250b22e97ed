"""What all strategies have in common: a candidate anew, one that is changed, rounds of ten."""

import math
import random

TOGETHER = 10  # candidates of a round
SHARE = 0.5  # of the places of a candidate that change
STEP = 0.3  # how far a number moves


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


def squashed(x):
    return 1 / (1 + math.exp(-max(-60, min(60, x))))


def ranks(costs):
    """Of each, the share of the others that it does not cost more than, in [0, 1]."""
    order = sorted(range(len(costs)), key=lambda place: -costs[place])
    found = [0.0] * len(costs)
    for rank, place in enumerate(order):
        found[place] = rank / max(1, len(costs) - 1)
    return found
