"""Plain data to typed JSON and back, on both sides of the wall.

JSON's own types stand for themselves: null, booleans, text, finite doubles, integers of 64 bits
and lists. Everything else is an object with one key that names its type. The reader
faces a hostile writer: its time is linear in the size of the text, its depth is bounded, and what
it cannot read is a ValueError.

    {"t": [..]} tuple     {"s": [..]} set     {"z": [..]} frozenset    {"d": [key, value, ..]} dict
    {"i": "-ff"} integer  {"f": "nan"} float  {"c": ["1.0", "nan"]}    {"b": "base64"} bytes
    {"q": ["1", "3"]} Fraction, hexadecimal    {"n": "1E+3"} Decimal
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import accumulate
from json.encoder import encode_basestring_ascii as encode_text
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from successor.sandbox.answers import Value

CONTAINERS = {list, tuple, dict, set, frozenset}
SIMPLE = {str, bool, type(None)}
DEEPEST = 100
"""Levels of nesting; deeper data would make careless readers overflow their stack."""
MOST_CONTAINERS = 500_000
"""In one text: the memory of an empty list is 30 times its two bytes on the wire."""
MOST_ALIKE = 200
"""Keys of one set or dict that may share a hash: more would make building it quadratic."""
FRACTION_BITS = 1 << 15
DECIMAL_LENGTH = 20_000
DECIMAL_EXPONENT = 100_000
LONGEST_NUMBER = 4300
"""Digits; CPython's own limit on what it converts, which a program can lift for itself."""
LONG_NUMBER = re.compile(rb"\d{%d}" % (LONGEST_NUMBER + 1))
TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
NOT_A_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


class NotPlainError(ValueError):
    """The value, or one inside it, is not plain data; the text is the name of its type."""


def encode(value: Value) -> bytes:
    """The text of a value.

    Raises:
        NotPlainError: when a type is none of the plain ones, or the nesting is too deep.
    """
    return WRITE(_tree(value, DEEPEST)).encode("ascii")


def _has_long_number(text: bytes) -> bool:
    """Whether so many digits stand outside of texts."""
    return LONG_NUMBER.search(TEXT.sub(b'""', text)) is not None


def decode(text: bytes) -> Value:
    """The value of a text.

    Raises:
        ValueError: when it is not the text of a value, is too deep, or would take too long.
    """
    if text.count(b"[") + text.count(b"{") > MOST_CONTAINERS:
        raise ValueError("too many lists or objects")
    if len(text) > LONGEST_NUMBER and LONG_NUMBER.search(text) and _has_long_number(text):
        raise ValueError("a number has too many digits")
    try:
        value = DECODER.decode(text.decode("utf-8"))
    except (RecursionError, TypeError, OverflowError, ArithmeticError) as error:
        raise ValueError(f"no value: {type(error).__name__}") from None
    if _depth(text) > 2 * DEEPEST:
        raise ValueError("nested too deeply")
    return value


def _depth(valid: bytes) -> int:
    if valid.count(b"[") + valid.count(b"{") <= DEEPEST:
        return 0
    brackets = TEXT.sub(b"", valid).translate(None, delete=NOT_A_BRACKET)
    return max(accumulate(map(STEP.__getitem__, brackets)), default=0)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} has to be typed")


# --------------------------------------------------------------------------- writing


def _tree(value: object, depth: int) -> object:
    """What json.dumps can write as it is."""
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    writer = WRITERS.get(kind)
    if writer is None:
        raise NotPlainError(qualified(kind))
    if depth == 0 and kind in CONTAINERS:
        raise NotPlainError(f"{qualified(kind)}, nested too deeply")
    return writer(value, depth - 1)


def qualified(kind: type) -> str:
    """The name of a type with its module, unless it is built in; at most 200 characters."""
    module, name = kind.__module__, kind.__qualname__
    if type(name) is not str or type(module) is not str:  # a metaclass may make them anything
        return "object"
    return name[:200] if module == "builtins" else f"{module}.{name}"[:200]


def _integer(value: int, _: int) -> object:
    return value if -(1 << 63) <= value < 1 << 63 else {"i": f"{value:x}"}


def _float(value: float, _: int) -> object:
    return value if math.isfinite(value) else {"f": repr(value)}


def _list(value: list[Any], depth: int) -> object:
    return value if _is_json(value) else [_tree(item, depth) for item in value]


def _is_json(value: list[Any]) -> bool:
    """Whether JSON can write the list as it is; long ones need not be walked in Python then."""
    kinds = set(map(type, value))
    if kinds == {int}:
        return min(value) >= -(1 << 63) and max(value) < 1 << 63
    return all(map(math.isfinite, value)) if kinds == {float} else kinds <= SIMPLE


def _dict(value: dict[Any, Any], depth: int) -> object:
    return {"d": [_tree(part, depth) for item in value.items() for part in item]}


def _fraction(value: Fraction, _: int) -> object:
    numerator, denominator = value.numerator, value.denominator
    if max(numerator.bit_length(), denominator.bit_length()) > FRACTION_BITS:
        raise NotPlainError("fractions.Fraction, too long")
    return {"q": [f"{numerator:x}", f"{denominator:x}"]}


def _decimal(value: Decimal, _: int) -> object:
    text = str(value)
    if not _is_plain_decimal(value, text):
        raise NotPlainError("decimal.Decimal, too long or signalling")
    return {"n": text}


def _is_plain_decimal(value: Decimal, text: str) -> bool:
    if value.is_snan() or len(text) > DECIMAL_LENGTH:
        return False
    return not value.is_finite() or abs(value.adjusted()) <= DECIMAL_EXPONENT


def _items(tag: str) -> Callable[[Any, int], object]:
    return lambda value, depth: {tag: [_tree(item, depth) for item in value]}


WRITERS: dict[type, Callable[[Any, int], object]] = {
    int: _integer,
    float: _float,
    list: _list,
    dict: _dict,
    tuple: _items("t"),
    set: _items("s"),
    frozenset: _items("z"),
    complex: lambda value, _: {"c": [repr(value.real), repr(value.imag)]},
    bytes: lambda value, _: {"b": b64encode(value).decode("ascii")},
    Fraction: _fraction,
    Decimal: _decimal,
}


# --------------------------------------------------------------------------- reading


def _value(tagged: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the tag says
    """What an object of one key stands for; its content was read before it."""
    if len(tagged) != 1:
        raise ValueError("an object needs one key")
    ((tag, content),) = tagged.items()
    reader = READERS.get(tag)
    if reader is None:
        raise ValueError("an unknown type")
    return reader(content)


def _read_list(content: object) -> list[Any]:
    if type(content) is not list:
        raise ValueError("a list is missing")
    return cast("list[Any]", content)


def _read_text(content: object, longest: int) -> str:
    if type(content) is not str or len(content) > longest:
        raise ValueError("a text is missing or too long")
    return content


def _read_keys(content: object) -> list[Any]:
    """Items that are to be hashed. Equal hashes would make a set of them quadratic."""
    items = _read_list(content)
    if len(items) > MOST_ALIKE and Counter(map(hash, items)).most_common(1)[0][1] > MOST_ALIKE:
        raise ValueError("too many keys share a hash")
    return items


def _read_dict(content: object) -> dict[Any, Any]:
    flat = _read_list(content)
    return dict(zip(_read_keys(flat[::2]), flat[1::2], strict=True))


def _read_float(content: object) -> float:
    value = float(_read_text(content, 32))
    return math.nan if math.isnan(value) else value  # one object, as programs mostly have it


def _read_complex(content: object) -> complex:
    real, imaginary = _read_list(content)
    return complex(_read_float(real), _read_float(imaginary))


def _read_hex(content: object, digits: int) -> int:
    return int(_read_text(content, digits), 16)


def _read_fraction(content: object) -> Fraction:
    numerator, denominator = _read_list(content)
    most = FRACTION_BITS // 4 + 1
    return Fraction(_read_hex(numerator, most), _read_hex(denominator, most))


def _read_decimal(content: object) -> Decimal:
    text = _read_text(content, DECIMAL_LENGTH)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("no decimal") from None
    if not _is_plain_decimal(value, text):
        raise ValueError("no plain decimal")
    return value


READERS: dict[str, Callable[[Any], Any]] = {
    "t": lambda content: tuple(_read_list(content)),
    "s": lambda content: set(_read_keys(content)),
    "z": lambda content: frozenset(_read_keys(content)),
    "d": _read_dict,
    "i": lambda content: _read_hex(content, 1 << 26),
    "f": _read_float,
    "c": _read_complex,
    "b": lambda content: b64decode(_read_text(content, 1 << 28), validate=True),
    "q": _read_fraction,
    "n": _read_decimal,
}


# --------------------------------------------------------------------------- made once


def _writer() -> Callable[[object], str]:
    """What makes the text of a tree.

    JSONEncoder makes a C object for each text, which takes longer than a small text itself; it is
    made once here, where this version of Python has it as we know it.
    """
    encoder = json.JSONEncoder(separators=(",", ":"))
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    try:
        write = make(None, None, encode_text, None, ":", ",", False, False, True)
        if "".join(write(["", 1, 0.5, {"t": [None]}], 0)) == '["",1,0.5,{"t":[null]}]':
            return lambda tree: "".join(write(tree, 0))
    except TypeError:
        pass
    return encoder.encode


WRITE = _writer()
DECODER = json.JSONDecoder(object_hook=_value, parse_constant=_no_constant)
