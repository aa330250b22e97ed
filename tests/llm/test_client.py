"""What a model's server may do, and what its user is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from llm.conftest import HURRIED, Opened, asking
from llm.server import (
    Behaviour,
    Call,
    Server,
    drops,
    endless,
    fails,
    hangs,
    piece,
    raw,
    says,
)
from successor.llm import (
    AnswerError,
    LLMError,
    Message,
    Patience,
    Request,
    SetupError,
    UnavailableError,
    Usage,
)

IMPATIENT = Patience(first_wait_s=0.01, timeout_s=1.5, attempts=2)


def failure(opened: Opened, patience: Patience = HURRIED, max_tokens: int = 99) -> LLMError:
    with pytest.raises(LLMError) as caught:
        opened(patience=patience).complete(asking(max_tokens=max_tokens))
    told = str(caught.value)
    assert "\n" not in told
    assert len(told) < 400
    return caught.value


def test_an_answer_is_put_together_and_told_piece_by_piece(server: Server, opened: Opened):
    server.play(says("def ", "add", "(a, b)"))
    heard: list[str] = []
    reply = opened().complete(asking(), heard.append)
    assert (reply.text, reply.model, reply.cached) == ("def add(a, b)", "tested-1", False)
    assert reply.usage == Usage(1, 11, 7, unpriced_calls=1)
    assert heard == ["def ", "add", "(a, b)"]


def test_all_that_a_request_says_is_sent(server: Server, opened: Opened):
    messages = (Message("system", "be brief"), Message("user", "hello"))
    opened().complete(Request(messages, max_tokens=9, temperature=0.5, seed=4, stop=("END",)))
    (body,) = server.bodies
    assert body["messages"] == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "hello"},
    ]
    told = {key: body[key] for key in ("model", "max_completion_tokens", "temperature", "stop")}
    expected = {"model": "tested", "max_completion_tokens": 9, "temperature": 0.5, "stop": ["END"]}
    assert told == expected
    assert body["seed"] == 4


def test_no_more_requests_are_under_way_than_was_said(server: Server, opened: Opened):
    three = threading.Barrier(3, timeout=30)

    def together(call: Call) -> None:
        three.wait()
        says("yes")(call)

    server.play(together)
    replies = opened(patience=Patience(concurrency=3)).complete_all([asking()] * 12)
    assert len(replies) == server.calls == 12
    assert server.most_at_once == 3


def test_answers_come_in_the_order_of_their_requests(opened: Opened):
    asked = [asking(str(number)) for number in range(30)]
    replies = opened().complete_all(asked)
    texts = [reply.text for reply in replies if not isinstance(reply, LLMError)]
    assert texts == [str(number) for number in range(30)]


@pytest.mark.parametrize(
    "bad",
    [
        fails(429),
        fails(500),
        fails(503, {"nested": ["message"]}),
        drops,
        raw(b'data: {"choices": [{"delta": {"cont\n\n'),
        raw(b'data: {"choices": [{"delta": {"content": "caf\xe9"}}]}\n\n'),
        raw(b'{"choices": []}', kind="application/json"),
        raw(b'data: {"choices": 7}\n\n'),
        raw(b"data: [1, 2]\n\n"),
        raw(b'data: {"choices": [{"delta": {"content": 5}}]}\n\n'),
        raw(b'data: {"error": {"message": "overloaded"}}\n\n'),
        raw(b"data: {}\n\n"),
        raw(b"\x1f\x8b\x08", Content_Encoding="gzip"),
        raw(b""),
    ],
)
def test_what_fails_once_is_asked_again(server: Server, opened: Opened, bad: Behaviour):
    server.play(bad, says("fine"))
    reply = opened().complete(asking())
    assert (reply.text, reply.usage.calls, server.calls) == ("fine", 2, 2)


@pytest.mark.parametrize(
    ("bad", "kind", "told"),
    [
        (fails(429, "slow down"), UnavailableError, "429: "),
        (fails(500), UnavailableError, "500: "),
        (drops, UnavailableError, "tested at 127.0.0.1: "),
        (raw(b"data: {\n\n"), AnswerError, "no event stream in UTF-8 and JSON"),
        (raw(b"{}", kind="application/json"), AnswerError, "is no event stream"),
        (raw(b"data: {}\n\n"), AnswerError, "breaks off"),
    ],
)
def test_what_always_fails_is_given_up(
    server: Server, opened: Opened, bad: Behaviour, kind: type[LLMError], told: str
):
    server.play(bad)
    error = failure(opened, Patience(first_wait_s=0.01, attempts=3))
    assert isinstance(error, kind)
    assert told in str(error)
    assert server.calls == 3


@pytest.mark.parametrize(
    ("bad", "kind", "told"),
    [
        (fails(401, "bad key"), SetupError, "check OPENAI_API_KEY"),
        (fails(404, "no model"), SetupError, "is there a model 'tested'?"),
        (fails(402), SetupError, "no credit"),
        (fails(429, "quota", "insufficient_quota"), SetupError, "no credit"),
        (fails(302, Location="http://127.0.0.1:9/"), SetupError, "sends us elsewhere"),
        (fails(400, "context length exceeded"), AnswerError, "context length exceeded"),
        (fails(400, "a\x1b[2Jb\n" + "x" * 9999), AnswerError, "a [2Jb xxx"),
    ],
)
def test_what_cannot_get_better_is_asked_once(
    server: Server, opened: Opened, bad: Behaviour, kind: type[LLMError], told: str
):
    server.play(bad)
    error = failure(opened)
    assert isinstance(error, kind)
    assert told in str(error)
    assert server.calls == 1


@pytest.mark.parametrize(
    ("bad", "fault", "text"),
    [
        (says(), "empty", ""),
        (says(" ", "\n"), "empty", ""),
        (says("def add(", finish="length"), "truncated", "def add("),
        (says("I", finish="content_filter"), "refused", ""),
        (says(refusal="I will not"), "refused", "I will not"),
    ],
)
def test_answers_that_are_no_use(
    server: Server, opened: Opened, bad: Behaviour, fault: str, text: str
):
    server.play(bad)
    error = failure(opened)
    assert isinstance(error, AnswerError)
    assert (error.fault, error.text, server.calls) == (fault, text, 1)


def seconds() -> str:
    return "1"


def a_date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


@pytest.mark.parametrize("header", [seconds, a_date])
def test_retry_after_is_kept_to(server: Server, opened: Opened, header: Callable[[], str]):
    server.play(fails(429, retry_after=header()), says("fine"))
    started = time.monotonic()
    assert opened().complete(asking()).text == "fine"
    assert time.monotonic() - started > 0.9


@pytest.mark.parametrize("header", ["soon", "-5", "nan", "inf", "Wed, 21 Oct 2015 07:28:00"])
def test_retry_after_without_sense_is_not(server: Server, opened: Opened, header: str):
    server.play(fails(429, retry_after=header), says("fine"))
    started = time.monotonic()
    assert opened().complete(asking()).text == "fine"
    assert time.monotonic() - started < 5


def test_who_wants_us_to_wait_for_an_hour_is_given_up(server: Server, opened: Opened):
    server.play(fails(429, retry_after="3600"))
    assert isinstance(failure(opened), UnavailableError)
    assert server.calls == 1


def test_a_server_that_hangs_is_left(server: Server, opened: Opened):
    server.play(hangs)
    started = time.monotonic()
    model = opened(patience=IMPATIENT)
    with pytest.raises(UnavailableError, match=r"no answer within 1\.5s"):
        model.complete(asking())
    assert model.budget.spent.calls == 2
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "chunk",
    [
        b'data: {"choices": [{"delta": {"content": "on and "}}]}\n\n',
        b": still here\n\n",
        b"x",  # a line that never ends
    ],
)
def test_an_answer_without_end_is_cut_off_in_time(server: Server, opened: Opened, chunk: bytes):
    server.play(endless(chunk, pause_s=0.01))
    started = time.monotonic()
    error = failure(opened, IMPATIENT)
    assert "within 1.5s" in str(error)
    assert time.monotonic() - started < 20
    if b"on and" in chunk:  # longer attempts would not help
        assert isinstance(error, AnswerError)
        assert (error.fault, server.calls) == ("endless", 1)
        assert error.text.startswith("on and on and")


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_without_end_is_cut_off_in_size(server: Server, opened: Opened, status: int):
    server.play(endless(b" " * 65536, status=status))
    error = failure(opened, max_tokens=1)
    assert isinstance(error, AnswerError)
    assert (error.fault, server.calls) == ("endless", 1)


def test_a_whole_answer_counts_even_if_the_connection_stays(server: Server, opened: Opened):
    def stays(call: Call) -> None:
        says("whole")(call)
        call.open.wait(30)

    server.play(stays)
    assert opened(patience=IMPATIENT).complete(asking()).text == "whole"


def test_characters_cut_in_half_are_joined_or_replaced(server: Server, opened: Opened):
    server.play(says("\ud83d", "\ude00 and \ud83d"))
    text = opened().complete(asking()).text
    assert text == "\N{GRINNING FACE} and \N{REPLACEMENT CHARACTER}"


def test_what_a_model_approves_is_text_and_nothing_else(server: Server, opened: Opened):
    server.play(says("APPROVED"))
    reply = opened().complete(asking())
    assert reply.text == "APPROVED"
    assert {type(value) for value in vars(reply).values()} == {str, Usage, bool}


def test_a_listener_that_fails_spoils_no_answer(
    server: Server, opened: Opened, caplog: pytest.LogCaptureFixture
):
    def deaf(text: str) -> None:
        raise ValueError(text)

    assert opened().complete(asking(), deaf).text == "hello"
    assert server.calls == 1
    assert "ValueError" in caplog.text


@pytest.mark.parametrize(
    "request_",
    [
        Request(()),
        asking(max_tokens=0),
        asking(temperature=float("nan")),
        asking(temperature=-1.0),
        asking(seed=-1),
        asking("\ud800"),
    ],
)
def test_what_no_server_could_be_sent_is_refused(server: Server, opened: Opened, request_: Request):
    with pytest.raises(SetupError):
        opened().complete(request_)
    assert server.calls == 0


def test_nobody_listens(opened: Opened):
    environment = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    model = opened(environment=environment, patience=IMPATIENT)
    with pytest.raises(UnavailableError, match=r"^tested at 127\.0\.0\.1: ") as caught:
        model.complete(asking())
    assert "\n" not in str(caught.value)
    assert model.budget.spent == Usage(calls=2)


def test_a_closed_model_says_so(opened: Opened):
    model = opened()
    model.close()
    with pytest.raises(SetupError, match="was closed"):
        model.complete(asking())


def test_pieces_of_another_choice_do_not_matter(server: Server, opened: Opened):
    def behave(call: Call) -> None:
        call.head()
        call.event({"choices": None})
        call.event({**piece("one"), "system_fingerprint": None, "model": None})
        call.event({"choices": [{"delta": None, "finish_reason": "stop"}]})

    server.play(behave)
    assert opened().complete(asking()).text == "one"
