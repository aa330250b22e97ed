EDGES = [([], 0, 0), ([1], 1, 1), ([1], 2, 1), ([1, 1, 1], 1, 1), ([0, 5, 9], 9, 9), ([3], 4, 9)]


def draw(random):
    values = sorted(random.randint(-10, 10) for _ in range(random.randrange(14)))
    low = random.randint(-12, 12)
    return (values, low, low + random.randint(-3, 12))
