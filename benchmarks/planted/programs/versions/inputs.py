EDGES = [("0", "0.0"), ("1", "2"), ("2", "1"), ("1.0.1", "1"), ("01.2", "1.02"), ("1.1", "1.0.9")]


def draw(random):
    def version():
        return ".".join(str(random.choice([0, 0, 1, 2, 10])) for _ in range(random.randint(1, 4)))

    left = version()
    return (left, left + random.choice(["", ".0", ".1"]) if random.random() < 0.3 else version())
