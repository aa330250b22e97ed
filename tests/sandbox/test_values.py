import math
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor.sandbox import Value
from successor.sandbox.values import DEEPEST, NotPlainError, decode, encode

hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.fractions()
    | st.decimals(allow_nan=False),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4),
    max_leaves=8,
)
plain = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.sets(hashable, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)


def same(one: object, other: object) -> bool:
    """Equal in value and in every type."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        items, others = cast("list[Any]", one), cast("list[Any]", other)
        return len(items) == len(others) and all(map(same, items, others))
    if isinstance(one, dict):
        items, others = cast("dict[Any, Any]", one), cast("dict[Any, Any]", other)
        return same([*items.items()], [*others.items()])
    return one == other and (not isinstance(one, float) or repr(one) == repr(other))


@given(plain)
def test_what_is_plain_comes_back_as_it_was(value: Value):
    assert same(value, decode(encode(value)))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, complex(math.nan, -0.0)])
def test_doubles_that_json_lacks_come_back(value: complex):
    assert repr(decode(encode(value))) == repr(value)


def test_integers_of_any_length_come_back():
    many = [7**100_000, -(2**63), 2**63, 2**63 - 1]
    assert decode(encode(cast("Value", many))) == many


class Liar(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize("value", [Liar(3), object(), {"a": [Liar(3)]}, range(3), Decimal("sNaN")])
def test_what_is_not_plain_is_named_and_not_sent(value: object):
    with pytest.raises(NotPlainError):
        encode(cast("Value", value))


def test_a_value_that_holds_itself_is_not_plain():
    loop = list[Any]()
    loop.append(loop)
    with pytest.raises(NotPlainError, match="too deeply"):
        encode(loop)


HOSTILE = {
    "nothing": b"",
    "no JSON": b"[1,",
    "no ASCII": b"\xff\xfe",
    "untyped NaN": b"NaN",
    "two keys": b'{"t":[],"s":[]}',
    "no key": b"{}",
    "unknown type": b'{"pickle":"gASV"}',
    "deep": b"[" * 1_000_000 + b"]" * 1_000_000,
    "deep enough to recurse on": b"[" * 400 + b"]" * 400,
    "deep behind text": b'["' + b"]" * 300 + b'",' + b"[" * 300 + b"]" * 301,
    "many lists": b"[" + b"[]," * 600_000 + b"[]]",
    "digits": b"1" * 5_000_000,
    "digits of a float": b"0." + b"1" * 5_000_000,
    "unhashable": b'{"s":[[]]}',
    "odd dict": b'{"d":[1]}',
    "huge exponent": b'{"n":"1e999999999"}',
    "signalling": b'{"n":"sNaN"}',
    "no decimal": b'{"n":"x"}',
    "zero denominator": b'{"q":["1","0"]}',
    "long fraction": b'{"q":["%s","3"]}' % (b"f" * 1_000_000),
    "half a complex": b'{"c":["1"]}',
    "no text": b'{"b":7}',
    "bad base64": b'{"b":"****"}',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_at_once(text: bytes):
    started = time.process_time()
    with pytest.raises(ValueError, match=r".*"):
        decode(text)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("form", ['{"s":[%s]}', '{"z":[%s]}'])
def test_keys_that_all_collide_do_not_take_quadratic_time(form: str):
    text = form % ",".join(f'{{"i":"{place * (2**61 - 1):x}"}}' for place in range(100_000))
    started = time.process_time()
    with pytest.raises(ValueError, match="share a hash"):
        decode(text.encode())
    assert time.process_time() - started < 2.0


@given(
    st.binary(max_size=200) | st.text(alphabet='[]{}":,0123456789.eE-tsdifbqcnz').map(str.encode)
)
def test_any_text_is_a_value_or_a_value_error(text: bytes):
    try:
        decode(text)
    except ValueError:
        return


def test_depth_is_bounded_alike_on_both_sides():
    value: Value = 1
    for _ in range(DEEPEST):
        value = (value,)
    assert decode(encode(value)) == value
    with pytest.raises(NotPlainError):
        encode((value,))


def test_equal_fractions_and_texts_keep_their_type():
    assert type(decode(encode(Fraction(4, 2)))) is Fraction
    assert type(decode(encode(True))) is bool


def test_digits_in_a_text_are_no_number():
    for text in ("01" * 3000, '"' + "7" * 5000, "\\" * 3 + "8" * 5000):
        assert decode(encode(text)) == text
        assert decode(encode({text: [text, 5]})) == {text: [text, 5]}
    for number in (b"9" * 5000, b'["\\"",' + b"9" * 5000 + b"]", b'"' + b"9" * 5000):
        with pytest.raises(ValueError, match="too many digits"):
            decode(number)
