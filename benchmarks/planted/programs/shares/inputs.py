EDGES = [(0, [1]), (1, [1, 1]), (5, [0, 0]), (5, []), (100, [3, 3, 3]), (7, [2, 0, 5])]


def draw(random):
    weights = [random.choice([0, 1, 1, 2, 3, 7, 40]) for _ in range(random.randrange(7))]
    return (random.choice([0, 1, 10, 99, 100, random.randrange(100000)]), weights)
