EDGES = [(0,), (-1,), (1,), (2,), (4,), (25,), (49,), (1024,), (997,), (994009,)]


def draw(random):
    return (random.choice([random.randint(-2, 60), random.randint(1, 5000)]),)
