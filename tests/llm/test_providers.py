"""Names of models, and the servers that they mean."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from llm.conftest import Opened, asking
from llm.server import Server
from successor.llm import Budget, Limits, Patience, SetupError, open_model
from successor.llm.client import Client
from successor.llm.opening import LOCAL_TIMEOUT_S
from successor.llm.prices import cost_at
from successor.llm.providers import endpoint, split

KEYS = {
    "OPENAI_API_KEY": "openai-key",
    "ANTHROPIC_API_KEY": "anthropic-key",
    "GOOGLE_API_KEY": "google-key",
}


@pytest.mark.parametrize(
    ("name", "extra", "url", "model", "key"),
    [
        ("gpt-5-mini", {}, "https://api.openai.com/v1", "gpt-5-mini", "openai-key"),
        ("o3", {}, "https://api.openai.com/v1", "o3", "openai-key"),
        ("openai:ft:x:y", {}, "https://api.openai.com/v1", "ft:x:y", "openai-key"),
        (
            "claude-sonnet-4-5",
            {},
            "https://api.anthropic.com/v1",
            "claude-sonnet-4-5",
            "anthropic-key",
        ),
        (
            "gemini-2.5-pro",
            {},
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "gemini-2.5-pro",
            "google-key",
        ),
        (
            "gemini:x",
            {"GEMINI_API_KEY": "first"},
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "x",
            "first",
        ),
        ("ollama:qwen2.5:7b", {}, "http://127.0.0.1:11434/v1", "qwen2.5:7b", ""),
        ("ollama:x", {"OLLAMA_HOST": "there"}, "http://there:11434/v1", "x", ""),
        ("ollama:x", {"OLLAMA_HOST": "[::1]:99"}, "http://[::1]:99/v1", "x", ""),
        (
            "Qwen/Qwen2.5-7B",
            {"OPENAI_BASE_URL": "http://localhost:8000/v1/"},
            "http://localhost:8000/v1",
            "Qwen/Qwen2.5-7B",
            "openai-key",
        ),
        (
            "claude-x",
            {"ANTHROPIC_BASE_URL": "https://proxy.example"},
            "https://proxy.example/v1",
            "claude-x",
            "anthropic-key",
        ),
    ],
)
def test_names(name: str, extra: dict[str, str], url: str, model: str, key: str):
    environment = {**KEYS, **extra}
    found = endpoint(*split(name, environment), environment)
    assert (found.url, found.model, found.key.get_secret_value()) == (url, model, key)


@pytest.mark.parametrize(
    ("name", "extra", "here"),
    [
        ("ollama:x", {}, True),
        ("ollama:x", {"OLLAMA_HOST": "[::1]:99"}, True),
        ("openai:x", {"OPENAI_BASE_URL": "http://localhost:8000/v1"}, True),
        ("openai:x", {"OPENAI_BASE_URL": "http://192.168.1.7:8000/v1"}, False),
        ("openai:x", {}, False),
    ],
)
def test_a_server_of_this_machine_is_waited_for(name: str, extra: dict[str, str], here: object):
    with open_model(name, environment={**KEYS, **extra}) as model:
        assert isinstance(model, Client)
        assert model._patience.timeout_s == (LOCAL_TIMEOUT_S if here else Patience().timeout_s)


@pytest.mark.parametrize(
    ("name", "environment", "told"),
    [
        ("gpt-5", {}, "openai needs a key; set OPENAI_API_KEY"),
        ("claude-x", {"OPENAI_API_KEY": "k"}, "anthropic needs a key; set ANTHROPIC_API_KEY"),
        ("gemini-x", {"GEMINI_API_KEY": " "}, "gemini needs a key; set GEMINI_API_KEY"),
        ("antropic:claude", {}, "did you mean 'anthropic'"),
        ("nonsense", {}, "no such provider; write PROVIDER:MODEL"),
        ("", {"OPENAI_BASE_URL": "http://x"}, "no such provider"),
        ("x", {"OPENAI_BASE_URL": "//"}, "OPENAI_BASE_URL should be a URL"),
        ("x", {"OPENAI_BASE_URL": "http://a:b:c"}, "OPENAI_BASE_URL should be a URL"),
    ],
)
def test_names_that_lead_nowhere(name: str, environment: dict[str, str], told: str):
    with pytest.raises(SetupError) as caught:
        open_model(name, environment=environment)
    assert told in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "path", "limit", "seed"),
    [
        ("openai:x", "/v1/chat/completions", "max_completion_tokens", True),
        ("anthropic:x", "/v1/chat/completions", "max_tokens", False),
        ("gemini:x", "/v1/v1beta/openai/chat/completions", "max_tokens", False),
        ("openrouter:x", "/v1/chat/completions", "max_tokens", True),
        ("ollama:x", "/v1/chat/completions", "max_tokens", True),
    ],
)
def test_each_provider_is_asked_in_its_own_words(
    server: Server, opened: Opened, name: str, path: str, limit: str, seed: object
):
    variables = ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL")
    environment = dict.fromkeys((*variables, "OPENROUTER_BASE_URL", "OLLAMA_HOST"), server.url)
    keys = {"GEMINI_API_KEY": "k", "OPENROUTER_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}
    model = opened(name, environment={**environment, **keys})
    assert model.complete(asking(seed=3, max_tokens=5)).text == "hello"
    (body,) = server.bodies
    assert (body["path"], body[limit], "seed" in body) == (path, 5, seed)


def test_prices_are_known_for_the_providers_own_servers():
    cost = cost_at(endpoint(*split("claude-sonnet-4-5", {}), KEYS))
    assert cost is not None
    assert cost(1_000_000, 1_000_000) > cost(1_000_000, 0) > cost(0, 0) == 0


@pytest.mark.parametrize("name", ["openai:no-such-model", "x"])
def test_prices_that_nobody_knows(name: str):
    environment = {**KEYS, **({"OPENAI_BASE_URL": "http://proxy"} if name == "x" else {})}
    assert cost_at(endpoint(*split(name, environment), environment)) is None


def test_libraries_are_loaded_when_a_model_is_opened_and_named_when_missing():
    code = """
import sys
import successor.llm
heavy = ("openai", "httpx2", "genai_prices", "tenacity", "huggingface_hub", "xllamacpp")
assert not set(heavy) & set(sys.modules)
sys.modules["openai"] = None
try:
    successor.llm.open_model("gpt-5", environment={"OPENAI_API_KEY": "k"})
except successor.llm.SetupError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = "language models need openai; pip install 'successor-rsi[llm]'\n"
    assert (told.stdout, told.stderr) == (expected, "")


def test_what_runs_at_home_costs_nothing(server: Server, opened: Opened):
    budget = Budget(Limits(usd=Decimal(0)))
    model = opened("ollama:x", environment={"OLLAMA_HOST": server.url}, budget=budget)
    assert model.complete(asking()).usage.usd == 0
