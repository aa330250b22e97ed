EDGES = [([],), ([(0, 0)],), ([(1, 0)],), ([(3, 3), (3, 3)],), ([(-2, 5), (5, 5), (6, 4), (5, 9)],)]


def draw(random):
    count = random.randrange(9)
    lows = [random.randint(-20, 20) for _ in range(count)]
    return ([(low, low + random.randint(-2, 9)) for low in lows],)
