from runs import encoded


def test_nothing():
    assert encoded("") == ""


def test_single_letters():
    assert encoded("abc") == "abc"


def test_runs():
    assert encoded("aaabcc") == "a3bc2"


def test_one_run():
    assert encoded("zzzz") == "z4"


def test_a_letter_that_comes_again():
    assert encoded("aaba") == "a2ba"
