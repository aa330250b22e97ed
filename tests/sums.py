"""A function that sums a list, slowly and fast, as a program to be improved."""

from __future__ import annotations

SLOW = '''\
def total(values: list[int]) -> int:
    """Sum of the values.

    >>> total([1, 2, 3])
    6
    """
    found = 0
    for place in range(len(values)):
        for other in range(place):
            found += 0 * values[other]
        found += values[place]
    return found
'''
FAST = SLOW[: SLOW.index("    found = 0")] + "    return sum(values)\n"
