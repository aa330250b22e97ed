"""What a packing costs. You own this file; the machine never sees or runs it."""

from collections import Counter
from typing import Any


def cost(arguments: tuple[Any, ...], answer: object) -> float:
    """Room left empty, as a share of what the items take: lower is better, 0 when all is full.

    Raises:
        ValueError: when it is no packing of the items.
    """
    items, capacity = arguments
    return bins_used(items, capacity, answer) * capacity / sum(items) - 1


def bins_used(items: list[int], capacity: int, answer: object) -> int:
    """How many bins a packing takes.

    Raises:
        ValueError: when it is no packing of the items.
    """
    if not isinstance(answer, list) or len(answer) != len(items):
        raise ValueError(f"not a list of {len(items)} numbers of bins")
    filled: Counter[int] = Counter()
    for size, number in zip(items, answer, strict=True):
        if type(number) is not int or not 0 <= number < len(items):
            raise ValueError(f"{str(number)[:40]} is no number of a bin")
        filled[number] += size
    for number, size in filled.items():
        if size > capacity:
            raise ValueError(f"bin {number} holds {size}, of {capacity}")
    return len(filled)
