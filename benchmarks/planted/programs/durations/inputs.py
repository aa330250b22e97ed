EDGES = [("",), ("1",), ("s",), ("0s",), ("1h1h",), ("10m007s",), ("1s1h",), ("1h 2m",), ("h1",)]


def draw(random):
    units = [unit for unit in "hms" if random.random() < 0.6]
    if random.random() < 0.2:
        units = random.choices("hmsd", k=3)
    parts = [f"{random.choice(['', 1, 2, 15, 90, 7]) if random.random() < 0.1 else random.randrange(99)}{unit}" for unit in units]
    return ("".join(parts) + random.choice(["", "", "", "", "5"]),)
