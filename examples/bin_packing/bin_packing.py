"""Online bin packing: each item gets its bin before the next one is seen."""

# EVOLVE-BLOCK-START


def priority(item: int, bins: list[int]) -> list[float]:
    """How much the item is wanted in each bin; the best fit to begin with.

    Args:
        item: its size.
        bins: the room left in the bins that can take it, in the order in which they were opened;
            the last one is new.
    """
    return [float(item - room) for room in bins]


# EVOLVE-BLOCK-END


def pack(items: list[int], capacity: int) -> list[int]:
    """The number of the bin of each item; the first of several that are wanted most."""
    rooms: list[int] = []
    chosen: list[int] = []
    for item in items:
        able = [number for number, room in enumerate(rooms) if room >= item]
        wanted = priority(item, [*(rooms[number] for number in able), capacity])
        best = wanted.index(max(wanted))
        if best == len(able):
            able.append(len(rooms))
            rooms.append(capacity)
        rooms[able[best]] -= item
        chosen.append(able[best])
    return chosen
