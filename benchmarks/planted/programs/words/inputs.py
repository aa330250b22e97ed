EDGES = [("",), ("...",), ("a",), ("A a, a. B", 1), ("b a", 0), ("it's it's its", 2)]


def draw(random):
    words = ["a", "B", "b", "ab,", "Ab", "c!", "?", "dd.", "c-c", ":e"]
    text = " ".join(random.choice(words) for _ in range(random.randrange(14)))
    return (text,) if random.random() < 0.4 else (text, random.randrange(6))
