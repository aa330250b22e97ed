def merged(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Closed intervals, those that overlap or touch made one, in order; empty ones left out."""
    found = []
    for low, high in sorted(intervals):
        if high < low:
            continue
        if found and low <= found[-1][1]:
            last_low, last_high = found.pop()
            high = max(high, last_high)
            low = last_low
        found.append((low, high))
    return found
