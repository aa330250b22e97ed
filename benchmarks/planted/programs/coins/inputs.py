EDGES = [(0, []), (1, [1]), (1, [2]), (-3, [1]), (6, [2, 2]), (3, [0, 3]), (10, [5, 2, 1])]


def draw(random):
    coins = random.sample([1, 2, 3, 5, 7, 10], random.randrange(5))
    return (random.randint(-1, 24), coins)
