"""A round trip through all cities, built city by city, by what is wanted of the next one."""

from math import dist

HOME = 0.0  # how much it counts that a city is far from the first one
APART = 0.0  # that it is far from all others
EARLY_HOME = 0.0  # the same, as long as many are left
EARLY_APART = 0.0


def desire(step: float, home: float, apart: float, left: float) -> float:
    """How much a city is wanted next; the nearest one to begin with.

    Args:
        step: its distance from where we are.
        home: its distance from the first city.
        apart: its mean distance from all cities.
        left: the share of the cities not yet visited, from 1 to 0.
    """
    return HOME * home + APART * apart + left * (EARLY_HOME * home + EARLY_APART * apart) - step


def tour(cities: list[tuple[float, float]]) -> list[int]:
    """The order in which to visit the cities, beginning with the first one."""
    if not cities:
        return []
    start = cities[0]
    apart = [sum(dist(city, other) for other in cities) / len(cities) for city in cities]
    order, waiting = [0], list(range(1, len(cities)))
    while waiting:
        here, left = cities[order[-1]], len(waiting) / len(cities)
        wanted = [
            desire(dist(here, cities[city]), dist(start, cities[city]), apart[city], left)
            for city in waiting
        ]
        order.append(waiting.pop(wanted.index(max(wanted))))
    return order
