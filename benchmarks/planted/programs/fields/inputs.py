EDGES = [("",), (",",), ('""',), ('"',), ('""""',), ('"a""b"',), ("a|b", "|"), ('a"b"c,d',)]


def draw(random):
    line = "".join(random.choice('ab,,"" |') for _ in range(random.randrange(14)))
    return (line,) if random.random() < 0.7 else (line, random.choice(",|"))
