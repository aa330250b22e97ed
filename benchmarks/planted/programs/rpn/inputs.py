EDGES = [
    ("",),
    ("+",),
    ("1",),
    ("1 2",),
    ("0 0 /",),
    ("-7 2 /",),
    ("1 2 3 + *",),
    ("x",),
    ("1 + 2",),
]


def draw(random):
    words = []
    depth = 0
    for _ in range(random.randint(1, 5)):
        words.append(str(random.randint(-9, 9)))
        depth += 1
        while depth > 1 and random.random() < 0.6:
            words.append(random.choice("+-*/"))
            depth -= 1
    while depth > 1 and random.random() < 0.9:
        words.append(random.choice("+-*/"))
        depth -= 1
    return (" ".join(words),)
