EDGES = [("",), ("a",), ("aa",), ("ab",), ("abb",), ("aab",), ("aaaaaaaaaaaa",)]


def draw(random):
    return ("".join(random.choice("aab") for _ in range(random.randrange(14))),)
