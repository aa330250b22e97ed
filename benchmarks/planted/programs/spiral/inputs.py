EDGES = [([],), ([[]],), ([[1]],), ([[1, 2]],), ([[1], [2]],), ([[1, 2], [3, 4], [5, 6]],)]


def draw(random):
    width = random.randint(1, 5)
    return ([[random.randrange(50) for _ in range(width)] for _ in range(random.randrange(6))],)
