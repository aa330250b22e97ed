import pytest
from stock import after


def test_no_orders():
    assert after({"a": 1}, []) == {"a": 1}


def test_served():
    assert after({"a": 5, "b": 2}, [("a", 2), ("a", 1)]) == {"a": 2, "b": 2}


def test_too_many():
    assert after({"a": 2}, [("a", 3), ("a", 1), ("c", 1)]) == {"a": 1}


def test_sold_out():
    assert after({"a": 2, "b": 1}, [("a", 2)]) == {"b": 1}


def test_an_order_of_nothing():
    with pytest.raises(ValueError):
        after({"a": 2}, [("a", 0)])


def test_the_stock_stays_as_it_is():
    stock = {"a": 2}
    after(stock, [("a", 1)])
    assert stock == {"a": 2}
