def distance(roads: dict[str, list[str]], start: str, goal: str) -> int | None:
    """Fewest roads from one place to another; None when there is no way."""
    if start == goal:
        return 0
    seen = {start}
    edge = [start]
    steps = 0
    while edge:
        steps += 1
        following = []
        for place in edge:
            for other in roads.get(place, []):
                if other == goal:
                    return steps
                if other not in seen:
                    seen.add(other)
                    following.append(other)
        edge = following
    return None
