EDGES = [("",), ("1",), ("s",), ("0s",), ("1h1h",), ("10m007s",), ("1s1h",), ("1h 2m",), ("h1",)]


def draw(random):
    units = [unit for unit in "hms" if random.random() < 0.6]
    if random.random() < 0.2:
        units = random.choices("hmsd", k=3)
    counts = ["" if random.random() < 0.04 else str(random.randrange(99)) for _ in units]
    text = "".join(count + unit for count, unit in zip(counts, units))
    return (text + random.choice(["", "", "", "", "5"]),)
