EDGES = [([],), ([1.0], 1), ([1.0, 2.0], 3), ([0.0005, 0.0], 1), ([1.0], 0), ([1.0], -3)]


def draw(random):
    values = [round(random.uniform(-50, 50), 2) for _ in range(random.randrange(10))]
    return (values,) if random.random() < 0.3 else (values, random.choice([1, 3, 5, 7, 2]))
