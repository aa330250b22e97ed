EDGES = [(2000, 2, 29), (1900, 2, 29), (2100, 12, 31), (2024, 12, 31), (1, 1, 1), (2023, 12, 32)]


def draw(random):
    year = random.choice([random.randint(1, 3000), 100 * random.randint(15, 24)])
    return (year, random.randint(0, 13), random.randint(0, 32))
