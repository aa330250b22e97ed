def moving(values: list[float], width: int = 3) -> list[float]:
    """Means of so many neighbours each; at the ends of those that there are."""
    if width < 1 or width % 2 == 0:
        raise ValueError("width should be odd")
    reach = width // 2
    found = []
    for place in range(len(values)):
        begin = max(0, place - reach)
        near = values[begin : place + reach + 1]
        found.append(round(sum(near) / len(near), 3))
    return found
