"""A key reaches the server that it is for, and no other place."""

from __future__ import annotations

import copy
import logging
import traceback
from pathlib import Path

import pytest

from llm.conftest import CANARY, Opened, asking
from llm.server import Server, endless, fails, says
from successor.llm import AnswerError, LLMError, SetupError
from successor.llm.keys import Redacting
from successor.llm.providers import endpoint, split


def test_the_server_gets_it(server: Server, opened: Opened):
    opened().complete(asking())
    assert server.headers[0]["authorization"] == f"Bearer {CANARY}"


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_no_error_and_no_log_has_it(
    server: Server,
    opened: Opened,
    status: int,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
):
    """Not even when the server sends it back."""
    caplog.set_level(logging.DEBUG)
    server.play(fails(status, f"your key {CANARY} is\n{CANARY}", x_echo=CANARY))
    model = opened()
    with pytest.raises(LLMError) as caught:
        model.complete(asking())
    told = "".join(traceback.format_exception(caught.value))
    assert "your key [key] is [key]" in told
    for place in (told, repr(caught.value), repr(model), repr(vars(model)), caplog.text):
        assert CANARY not in place
    assert all(CANARY not in text for text in capfd.readouterr())


def test_no_answer_and_no_piece_has_it(server: Server, opened: Opened, tmp_path: Path):
    cut = [CANARY[:3], CANARY[3:20], CANARY[20:]]
    server.play(says("the key is ", *cut, ", is it not? ", CANARY[:5]))
    heard: list[str] = []
    reply = opened(cache=tmp_path).complete(asking(), heard.append)
    assert reply.text == "".join(heard) == f"the key is [key], is it not? {CANARY[:5]}"
    assert all(CANARY.encode() not in path.read_bytes() for path in tmp_path.rglob("*.json"))


def test_what_is_cut_off_has_not_got_it(server: Server, opened: Opened):
    server.play(endless(f'data: {{"choices":[{{"delta":{{"content":"{CANARY}"}}}}]}}\n\n'.encode()))
    with pytest.raises(LLMError) as caught:
        opened().complete(asking(max_tokens=1))
    assert CANARY not in repr(vars(caught.value))


def test_no_refusal_has_it(server: Server, opened: Opened):
    server.play(says(refusal=f"not with {CANARY}"))
    with pytest.raises(AnswerError) as caught:
        opened().complete(asking())
    assert caught.value.text == "not with [key]"


def test_words_that_are_no_keys_stay_in_answers():
    assert Redacting("EMPTY").clean("EMPTY = []") == "EMPTY = []"


def test_an_endpoint_does_not_show_it():
    provider, model = split("anthropic:claude-x", {})
    found = endpoint(provider, model, {"ANTHROPIC_API_KEY": CANARY})
    assert found.key.get_secret_value() == CANARY
    assert CANARY not in repr(found) + str(vars(found)) + found.identity


def test_a_key_of_odd_characters_is_not_shown():
    provider, model = split("gpt-5", {})
    with pytest.raises(SetupError) as caught:
        endpoint(provider, model, {"OPENAI_API_KEY": f"“{CANARY}”"})
    assert CANARY not in str(caught.value)
    assert "OPENAI_API_KEY" in str(caught.value)


@pytest.mark.parametrize(
    "url", [f"http://user:{CANARY}@127.0.0.1/v1", f"http://127.0.0.1/v1?key={CANARY}", "ftp://x"]
)
def test_a_url_may_hold_no_secret(url: str):
    provider, model = split("x", {"OPENAI_BASE_URL": url})
    with pytest.raises(SetupError) as caught:
        endpoint(provider, model, {"OPENAI_BASE_URL": url})
    assert CANARY not in str(caught.value)


def test_what_the_environment_has_for_openai_goes_nowhere_else(
    server: Server, opened: Opened, monkeypatch: pytest.MonkeyPatch
):
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, f"secret-{name}")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: secret-header")
    environment = {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": CANARY}
    opened("claude-x", environment=environment).complete(asking())
    assert "secret" not in str(server.headers)
    assert server.headers[0]["authorization"] == f"Bearer {CANARY}"


def test_a_model_cannot_be_pickled(opened: Opened):
    with pytest.raises(TypeError):
        copy.deepcopy(opened())  # by the same means
