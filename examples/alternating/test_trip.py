from trip import tour


def test_every_city_once():
    cities = [(0.1, 0.9), (0.4, 0.2), (0.8, 0.8), (0.3, 0.3), (0.6, 0.1)]
    assert sorted(tour(cities)) == [0, 1, 2, 3, 4]


def test_begins_with_the_first():
    assert tour([(0.5, 0.5), (0.0, 0.0)]) == [0, 1]


def test_no_city():
    assert tour([]) == []
