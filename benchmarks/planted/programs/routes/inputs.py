EDGES = [({}, "a", "a"), ({}, "a", "b"), ({"a": ["a"]}, "a", "b"), ({"a": ["b"]}, "b", "a")]


def draw(random):
    places = "abcdefg"[: random.randint(2, 7)]
    roads = {
        place: random.choices(places, k=random.randrange(3))
        for place in places
        if random.random() < 0.8
    }
    return (roads, random.choice(places), random.choice(places))
