import pytest
from fields import split


def test_plain():
    assert split("a,bc,d") == ["a", "bc", "d"]


def test_empty_fields():
    assert split("") == [""]
    assert split("a,,") == ["a", "", ""]


def test_quotes_hide_the_separator():
    assert split('x,"a,b",y') == ["x", "a,b", "y"]


def test_two_quotes_are_one():
    assert split('"say ""hi""",z') == ['say "hi"', "z"]


def test_another_separator():
    assert split("a|b,c", "|") == ["a", "b,c"]


def test_open_quote():
    with pytest.raises(ValueError):
        split('a,"b')
