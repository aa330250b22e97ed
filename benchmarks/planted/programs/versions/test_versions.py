from versions import compare


def test_equal():
    assert compare("1.2.3", "1.2.3") == 0


def test_less():
    assert compare("1.2", "1.10") == -1


def test_more():
    assert compare("2.0", "1.9.9") == 1


def test_missing_numbers_are_0():
    assert compare("1", "1.0.0") == 0
    assert compare("1.0", "1.0.1") == -1
    assert compare("1.0.1", "1") == 1
