from math import dist

from circle_packing import pack


def test_26_circles_in_the_square():
    circles = pack()
    assert len(circles) == 26
    for x, y, radius in circles:
        assert 0 <= radius <= min(x, y, 1 - x, 1 - y) + 1e-9


def test_none_overlap():
    circles = pack()
    for number, (x, y, radius) in enumerate(circles):
        for left, up, other in circles[:number]:
            assert dist((x, y), (left, up)) >= radius + other - 1e-9
