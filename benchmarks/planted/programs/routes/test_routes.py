from routes import distance

ROADS = {"a": ["b", "c"], "b": ["d"], "c": ["a"], "d": ["e", "b"], "f": ["a"]}


def test_there_already():
    assert distance(ROADS, "a", "a") == 0


def test_next():
    assert distance(ROADS, "a", "c") == 1


def test_far():
    assert distance(ROADS, "a", "e") == 3
    assert distance(ROADS, "f", "d") == 3


def test_no_way():
    assert distance(ROADS, "b", "f") is None
    assert distance({}, "a", "b") is None
