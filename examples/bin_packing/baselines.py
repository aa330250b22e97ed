"""What others pack with: the classics, and what FunSearch found (Romera-Paredes et al., 2024).

FunSearch's two heuristics are those of the paper "Mathematical discoveries from program search
with large language models" (Nature 625) and of the notebook published with it, here over lists.
"""

from bisect import bisect_left
from collections.abc import Callable

Priority = Callable[[int, list[int]], list[float]]


def first_fit(item: int, bins: list[int]) -> list[float]:
    """The bin that was opened first."""
    return [0.0 for _ in bins]


def best_fit(item: int, bins: list[int]) -> list[float]:
    """The bin with the least room."""
    return [float(item - room) for room in bins]


_ROOM_AFTER = (2, 3, 5, 7, 9, 12, 15, 21)
_WANTED = (4.0, 3.0, 2.0, 1.0, 0.9, 0.95, 0.97, 0.98, 0.99)


def funsearch_or(item: int, bins: list[int]) -> list[float]:
    """Found for the OR sets: a tight fit, or else rather none, by the room left afterwards."""
    return [_WANTED[bisect_left(_ROOM_AFTER, room - item)] for room in bins]


def funsearch_weibull(item: int, bins: list[int]) -> list[float]:
    """Found for Weibull sets: a polynomial of item and room, less that of the bin before."""
    largest = max(bins)
    scores = [(room - largest) ** 2 / item + room**2 / item**2 + room**2 / item**3 for room in bins]
    scores = [-score if room > item else score for score, room in zip(scores, bins, strict=True)]
    before = [0.0, *scores[:-1]]
    return [score - other for score, other in zip(scores, before, strict=True)]


BASELINES: dict[str, Priority] = {
    "first fit": first_fit,
    "best fit": best_fit,
    "FunSearch, found for OR": funsearch_or,
    "FunSearch, found for Weibull": funsearch_weibull,
}


def pack(priority: Priority, items: list[int], capacity: int) -> list[int]:
    """The number of the bin of each item, with as many new bins on offer as there are items.

    So did FunSearch; what its heuristics say of a bin depends on the bin before.
    """
    rooms = [capacity] * len(items)
    chosen: list[int] = []
    for item in items:
        able = [number for number, room in enumerate(rooms) if room >= item]
        wanted = priority(item, [rooms[number] for number in able])
        best = able[wanted.index(max(wanted))]
        rooms[best] -= item
        chosen.append(best)
    return chosen


def lower_bound(items: list[int], capacity: int) -> int:
    """Bins that no packing can do without: L1, the sum of all sizes."""
    return -(-sum(items) // capacity)
