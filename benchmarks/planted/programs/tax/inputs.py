EDGES = [(0, []), (10, []), (-5, [(0, 10)]), (5, [(0, 10)]), (100, [(100, 50)]), (101, [(100, 50)])]


def draw(random):
    begins = random.sample(range(0, 300, 20), random.randrange(5))
    return (random.randint(-10, 400), [(begin, random.randrange(60)) for begin in begins])
