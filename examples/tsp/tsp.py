"""A round trip through all cities, built city by city."""

from math import dist

# EVOLVE-BLOCK-START


def desire(step: float, home: float, apart: float, left: float) -> float:
    """How much a city is wanted next; the nearest one to begin with.

    Args:
        step: its distance from where we are.
        home: its distance from the first city.
        apart: its mean distance from all cities.
        left: the share of the cities not yet visited, from 1 to 0.
    """
    return -step


# EVOLVE-BLOCK-END


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
