"""26 circles in a square of side 1, that the sum of their radii be large.

Circles are set out in rows, pushed apart while they grow, and cut back to where none overlap.
"""

from math import dist
from random import Random

# EVOLVE-BLOCK-START
ROWS = (5, 5, 6, 5, 5)
SEED = 1
JITTER = 0.0  # how far from its place in the row a circle begins, up to
STEPS = 30
RATE = 0.05
MOMENTUM = 0.5
SOFT, HARD = 10.0, 100.0  # what overlapping costs at the first step, and at the last
# EVOLVE-BLOCK-END

COUNT = 26
SAFE = 1 - 1e-12
"""What radii are cut by, so that rounding lets none overlap."""


def pack() -> list[tuple[float, float, float]]:
    """(x, y, radius) of each circle."""
    places = set_out()
    radii = [0.05] * COUNT
    moved = [[0.0, 0.0, 0.0] for _ in places]
    for step in range(STEPS):
        stiff = SOFT * (HARD / SOFT) ** (step / STEPS)
        for circle, (move, push) in enumerate(zip(moved, pushes(places, radii), strict=True)):
            for axis, force in enumerate(push):
                growth = 1 / stiff if axis == 2 else 0.0
                move[axis] = MOMENTUM * move[axis] + RATE * (force + growth)
            places[circle][0] += move[0]
            places[circle][1] += move[1]
            radii[circle] += move[2]
    return cut_back(places, radii)


def set_out() -> list[list[float]]:
    """Centres in rows, each a little off its place."""
    random = Random(SEED)
    return [
        [
            (number + 0.5) / row + random.uniform(-JITTER, JITTER),
            (height + 0.5) / len(ROWS) + random.uniform(-JITTER, JITTER),
        ]
        for height, row in enumerate(ROWS)
        for number in range(row)
    ]


def pushes(places: list[list[float]], radii: list[float]) -> list[list[float]]:
    """Forces on x, y and radius of each circle, from its neighbours and the walls."""
    found = [[0.0, 0.0, 0.0] for _ in places]
    for one, (x, y) in enumerate(places):
        mine = found[one]
        for axis, at in enumerate((x, y)):
            low, high = max(0.0, radii[one] - at), max(0.0, at + radii[one] - 1)
            mine[axis] += low - high
            mine[2] -= low + high
        for other in range(one):
            across, up = x - places[other][0], y - places[other][1]
            reach = radii[one] + radii[other]
            apart = across * across + up * up
            if apart >= reach * reach or reach <= 0:
                continue
            apart = apart**0.5 or 1e-9
            over = reach - apart
            theirs = found[other]
            for axis, part in enumerate((across, up)):
                mine[axis] += over * part / apart
                theirs[axis] -= over * part / apart
            mine[2] -= over
            theirs[2] -= over
    return found


def cut_back(places: list[list[float]], radii: list[float]) -> list[tuple[float, float, float]]:
    """The circles, made smaller where they overlap or leave the square."""
    inside = [(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in places]
    radii = [
        max(0.0, min(radius, x, y, 1 - x, 1 - y))
        for radius, (x, y) in zip(radii, inside, strict=True)
    ]
    for one in range(len(inside)):
        for other in range(one):
            reach, apart = radii[one] + radii[other], dist(inside[one], inside[other])
            if reach > apart:
                radii[one] *= apart / reach
                radii[other] *= apart / reach
    return [(x, y, radius * SAFE) for (x, y), radius in zip(inside, radii, strict=True)]
