"""What strategies have in common, behind the example's ways to make and change a candidate."""

import math
import random


def squashed(x):
    return 1 / (1 + math.exp(-max(-60, min(60, x))))


def ranks(costs):
    """Of each, the share of the others that it does not cost more than, in [0, 1]."""
    order = sorted(range(len(costs)), key=lambda place: -costs[place])
    found = [0.0] * len(costs)
    for rank, place in enumerate(order):
        found[place] = rank / max(1, len(costs) - 1)
    return found
