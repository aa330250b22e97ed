from tax import tax

BRACKETS = [(0, 0), (1000, 10), (5000, 25)]


def test_nothing():
    assert tax(0, BRACKETS) == 0


def test_below_the_first():
    assert tax(900, BRACKETS) == 0


def test_within():
    assert tax(3000, BRACKETS) == 200


def test_at_a_bound():
    assert tax(5000, BRACKETS) == 400


def test_above():
    assert tax(9000, BRACKETS) == 1400


def test_halves_go_up():
    assert tax(1005, BRACKETS) == 1
    assert tax(1004, BRACKETS) == 0


def test_in_any_order():
    assert tax(9000, [(5000, 25), (1000, 10)]) == 1400
