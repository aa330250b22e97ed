from words import top


def test_nothing():
    assert top("") == []


def test_most_first():
    assert top("b a b c b c") == ["b", "c", "a"]


def test_the_alphabet_decides():
    assert top("pear fig apple", 2) == ["apple", "fig"]


def test_case_and_marks():
    assert top("No, no! Yes. ?") == ["no", "yes"]


def test_three_unless_told():
    assert len(top("a b c d e")) == 3
