def allocate(cents: int, weights: list[int]) -> list[int]:
    """An amount in parts that add up to it: by weight, what is left to the largest remainders."""
    total = sum(weights)
    if total <= 0:
        raise ValueError("weights should add up to more than 0")
    parts = []
    for weight in weights:
        parts.append(cents * weight // total)
    left = cents - sum(parts)
    order = sorted(range(len(weights)), key=lambda at: (-(cents * weights[at] % total), at))
    for at in order[:left]:
        parts[at] += 1
    return parts
