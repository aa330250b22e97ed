from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor.errors import RecordError, SuccessorError
from successor.ledger.codec import decode, decode_exam, encode, encode_scores, version_id
from successor.ledger.events import (
    KINDS,
    Decided,
    Event,
    Examined,
    GenerationOpened,
    Stopped,
    Tally,
    Written,
)
from successor.types import Decision, Digest, Draw, Exam, Slice, Stop

numbers = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
text = st.text(st.characters(codec="utf-8"), max_size=20)
figures = st.dictionaries(text, numbers | integers | text, max_size=4)
settings = st.recursive(
    st.none() | st.booleans() | integers | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
names = st.integers(0).map(lambda number: f"{number:064x}")


def strategy(kind: type[Event]) -> st.SearchStrategy[Event]:
    fields = {field.name for field in dataclasses.fields(kind)}
    known = {
        "settings": st.dictionaries(text, settings, max_size=3),
        "host": figures,
        "figures": figures,
    }
    return st.builds(kind, **{name: known[name] for name in known if name in fields})


def register() -> None:
    st.register_type_strategy(float, numbers)
    st.register_type_strategy(int, integers)
    st.register_type_strategy(str, text)
    plain = st.builds(Draw)
    tallies = st.lists(st.builds(Tally), max_size=3).map(tuple)
    st.register_type_strategy(
        Examined,
        st.builds(Examined, integers, names, plain, tallies, names, figures),
    )
    st.register_type_strategy(Stop, st.builds(Stop, text, text, st.booleans()))


register()
events: st.SearchStrategy[Event] = st.sampled_from(list(KINDS.values())).flatmap(strategy)


used = st.dictionaries(st.sampled_from(["cpu_s", "disk_bytes"]), st.floats(0, 2**53 - 1))


stored = st.lists(names, max_size=3).map(tuple)


@given(events, st.floats(0, 1e11).map(lambda time: round(time, 3)), used, stored)
def test_every_event_comes_back_as_it_went(
    event: Event, time: float, used: dict[str, float], stored: tuple[Digest, ...]
):
    body = encode(event, time, used, stored)
    back = decode(body)
    assert (back.time, back.event, back.used, back.stored) == (time, event, used, stored)
    assert encode(back.event, time, used, stored) == body


@given(numbers)
def test_a_float_comes_back_to_the_last_bit(number: float):
    event = Written(1, 0, None, {"figure": number})
    back = decode(encode(event, 0.0)).event
    assert isinstance(back, Written)
    assert float(back.figures["figure"]).hex() == (number + 0.0).hex()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_is_refused_by_its_place(number: float):
    with pytest.raises(SuccessorError, match=r"Written\.figures\.loss is (nan|inf|-inf)"):
        encode(Written(1, 0, None, {"loss": number}), 0.0)


def test_an_integer_that_would_lose_digits_is_refused():
    with pytest.raises(SuccessorError, match=r"GenerationOpened\.generation"):
        encode(GenerationOpened(2**53, None), 0.0)


def test_what_no_json_can_hold_is_refused():
    with pytest.raises(SuccessorError, match=r"figures\.model is a object"):
        encode(Written(1, 0, None, {"model": object()}), 0.0)  # type: ignore[dict-item] - the point


def test_numbers_of_numpy_are_numbers():
    figures = {"loss": np.float32(0.5), "steps": np.int64(3)}
    event = Written(1, 0, None, figures)  # type: ignore[arg-type] - what numpy hands out
    assert decode(encode(event, 0.0)).event == Written(1, 0, None, {"loss": 0.5, "steps": 3})


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"kind": "Promoted"}, "'Promoted' in schema 1 is unknown: upgrade"),
        ({"schema": 2}, "'Decided' in schema 2 is unknown: upgrade"),
        ({"time": "now"}, "not a valid Decided"),
        ({"event": {}}, "not a valid Decided"),
        ({"event": None}, "not a valid Decided"),
    ],
)
def test_a_body_that_is_no_event_is_refused(change: dict[str, object], text: str):
    event = Decided(1, Decision("a" * 64, "promoted", "better", "evidence"))
    body = {**json.loads(encode(event, 0.0)), **change}
    with pytest.raises(RecordError, match=text):
        decode(json.dumps(body).encode())


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}", b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(body: bytes):
    with pytest.raises(RecordError):
        decode(body)


def test_an_unknown_outcome_is_refused():
    event = Stopped(Stop("target", "reached"))
    body = encode(event, 0.0).replace(b'"needs_human":false', b'"needs_human":"no"')
    with pytest.raises(RecordError, match="needs_human"):
        decode(body)


@given(st.lists(st.lists(st.floats(0, 1), max_size=9), max_size=4))
def test_the_scores_of_an_exam_come_back(scores: list[list[float]]):
    slices = tuple(Slice(str(i), 1.0 + i, tuple(row)) for i, row in enumerate(scores))
    exam = Exam("a" * 64, Draw("training", 1, ()), slices)
    tallies = tuple(Tally(s.name, s.size, len(s.scores), sum(s.scores)) for s in slices)
    event = Examined(1, exam.version, exam.draw, tallies, "b" * 64, {})
    assert decode_exam(event, encode_scores(exam)) == exam
    assert [tally.mean for tally in tallies] == [part.mean for part in slices]


@pytest.mark.parametrize("score", [1.5, -0.1, float("nan")])
def test_a_score_outside_of_the_scale_is_refused(score: float):
    exam = Exam("a" * 64, Draw("training", 1, ()), (Slice("8", 8.0, (1.0, score)),))
    with pytest.raises(SuccessorError, match="item 1 of '8'"):
        encode_scores(exam)


@pytest.mark.parametrize("scores", [b"[[1.0]]", b"[]", b"no", b'[["x","y"]]', b"[1]"])
def test_scores_of_another_exam_are_refused(scores: bytes):
    tallies = (Tally("8", 8.0, 2, 2.0),)
    event = Examined(1, "a" * 64, Draw("training", 1, ()), tallies, "b" * 64, {})
    with pytest.raises(RecordError, match="does not hold the scores"):
        decode_exam(event, scores)


def test_a_version_is_named_by_all_that_it_is():
    files = {"weights": "a" * 64}
    name = version_id(files, ("b" * 64,), "author")
    assert len(name) == 64
    assert name == version_id(dict(files), ("b" * 64,), "author")
    others = {
        version_id({"weights": "c" * 64}, ("b" * 64,), "author"),
        version_id({"other": "a" * 64}, ("b" * 64,), "author"),
        version_id(files, (), "author"),
        version_id(files, ("b" * 64,), "another"),
    }
    assert len(others | {name}) == 5
