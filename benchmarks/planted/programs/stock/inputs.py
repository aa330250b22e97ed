EDGES = [
    ({}, []),
    ({}, [("a", 1)]),
    ({"a": 1}, [("a", 1)]),
    ({"a": 0}, []),
    ({"a": 3}, [("a", -1)]),
]


def draw(random):
    stock = {name: random.randrange(9) for name in "abcd" if random.random() < 0.8}
    count = random.randrange(6)
    least = 0 if random.random() < 0.1 else 1
    return (stock, [(random.choice("abcde"), random.randint(least, 6)) for _ in range(count)])
