from edit_distance import edit_distance


def test_known_distances():
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("flaw", "lawn") == 2


def test_nothing_to_do():
    assert edit_distance("same", "same") == 0


def test_an_empty_text_is_as_far_as_the_other_is_long():
    assert edit_distance("", "abc") == 3
    assert edit_distance("abc", "") == 3
