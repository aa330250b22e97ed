EDGES = [([],), ([1],), ([1, 1],), ([3, 2, 1],), ([1, 2, 3],)]


def draw(random):
    return ([random.randint(-9, 9) for _ in range(random.randrange(12))],)
