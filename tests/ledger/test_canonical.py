"""The quick way to write and to check canonical JSON agrees with the slow one, on anything."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from ledger.test_events import figures, settings, strategy, text
from successor.ledger.codec import _canonical, decode, encode, is_canonical
from successor.ledger.events import KINDS, Event, Written
from successor.types import Version

ODD = (7.0, -0.0, 1e16, 1e-7, 0.00001, 1e21, 2.0**53, 1.5e300, "1.0,", "3e", "é", "\x7f", "1.0}")
slowly = how(deadline=None, suppress_health_check=[HealthCheck.too_slow])
events = st.sampled_from([*KINDS.values()]).flatmap(strategy)


@slowly
@given(st.dictionaries(text, settings | st.sampled_from(ODD), max_size=5))
def test_what_is_written_quickly_is_what_rfc_8785_says(value: dict[str, object]):
    assert _canonical(value) == rfc8785.dumps(value)  # pyright: ignore[reportArgumentType]


@slowly
@given(events, st.dictionaries(text, st.sampled_from([7.0, 0.5, 1e-7, 1e16]), max_size=3))
def test_what_is_written_is_found_canonical(event: Event, used: dict[str, float]):
    body = encode(event, 1790000000.125, used, ("a" * 64,))
    assert is_canonical(body, decode(body))


@slowly
@given(figures, st.sampled_from([" ", "\n"]))
def test_a_space_more_is_found(told: dict[str, float | int | str], more: str):
    version = Version("a" * 64, {"x": "b" * 64}, (), "evolve")
    body = encode(Written(1, 0, version, told), 1.5)
    loose = body.replace(b',"kind"', f',{more}"kind"'.encode())
    assert not is_canonical(loose, decode(loose))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (b'"calls":7,', b'"calls":7.0,'),
        (b'"calls":7,', b'"calls":7e0,'),
        (b'"calls":7,', b'"calls":7,"calls":7,'),
        (b'"attempt":0,', b'"attempt":0,"more":1,'),
        (b'"seconds":0.5', b'"seconds":0.50'),
        (b'"seconds":0.5', b'"seconds":5e-1'),
    ],
)
def test_the_same_in_other_words_is_found(ours: bytes, theirs: bytes):
    version = Version("a" * 64, {"x": "b" * 64}, (), "evolve")
    body = encode(Written(1, 0, version, {"calls": 7, "seconds": 0.5}), 1.5)
    assert ours in body
    other = body.replace(ours, theirs)
    assert not is_canonical(other, decode(other))


def test_names_in_another_order_are_found():
    version = Version("a" * 64, {"x": "b" * 64}, (), "evolve")
    plain = json.loads(encode(Written(1, 0, version, {"calls": 7, "seconds": 0.5}), 1.5))
    plain["event"] = dict(reversed(plain["event"].items()))
    other = json.dumps(plain, separators=(",", ":")).encode()
    assert not is_canonical(other, decode(other))
