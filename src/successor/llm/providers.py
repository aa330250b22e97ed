"""Which server a model's name means, and the key for it: the usual environment variables.

| name               | server                            | key                             |
| ------------------ | --------------------------------- | ------------------------------- |
| `openai:MODEL`     | OPENAI_BASE_URL, or OpenAI        | OPENAI_API_KEY; none needed at a |
|                    |                                   | server of your own              |
| `anthropic:MODEL`  | ANTHROPIC_BASE_URL, or Anthropic  | ANTHROPIC_API_KEY               |
| `gemini:MODEL`     | GOOGLE_GEMINI_BASE_URL, or Google | GEMINI_API_KEY, GOOGLE_API_KEY  |
| `openrouter:MODEL` | OPENROUTER_BASE_URL, or theirs    | OPENROUTER_API_KEY              |
| `ollama:MODEL`     | OLLAMA_HOST, or this machine      | none                            |
| `local:MODEL`      | started by us on first use        | made up at each start           |

A name without a provider belongs to OPENAI_BASE_URL when that is set; otherwise `claude-...`,
`gemini-...`, `gpt-...` and `o3` are known by what they begin with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from successor.llm.errors import SetupError
from successor.validation import did_you_mean

LOCAL = "local"


@dataclass(frozen=True)
class Provider:
    """How to reach one kind of server, all of which speak OpenAI's chat completions."""

    name: str
    url: str
    """Where it is when no environment variable says otherwise."""
    url_variable: str
    path: str
    """That its URL ends in; added when the variable holds only the host, as is usual there."""
    key_variables: tuple[str, ...]
    prices: str | None
    """Its id in genai-prices; None when it costs nothing."""
    max_tokens: str = "max_tokens"
    """What it calls the limit of an answer."""
    seeds: bool = True
    """Whether it takes a seed."""
    begins: bool = False
    """Whether it goes on with an answer that is begun for it."""


PROVIDERS: Mapping[str, Provider] = {
    each.name: each
    for each in (
        Provider(
            "openai",
            "https://api.openai.com/v1",
            "OPENAI_BASE_URL",
            "",
            ("OPENAI_API_KEY",),
            "openai",
            "max_completion_tokens",
        ),
        Provider(
            "anthropic",
            "https://api.anthropic.com/v1",
            "ANTHROPIC_BASE_URL",
            "/v1",
            ("ANTHROPIC_API_KEY",),
            "anthropic",
            seeds=False,
        ),
        Provider(
            "gemini",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "GOOGLE_GEMINI_BASE_URL",
            "/v1beta/openai",
            ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            "google",
            seeds=False,
        ),
        Provider(
            "openrouter",
            "https://openrouter.ai/api/v1",
            "OPENROUTER_BASE_URL",
            "",
            ("OPENROUTER_API_KEY",),
            "openrouter",
        ),
        Provider("ollama", "http://127.0.0.1:11434/v1", "OLLAMA_HOST", "/v1", (), None),
        Provider(LOCAL, "", "", "", (), None, begins=True),
    )
}
_BARE = {r"claude-": "anthropic", r"gemini-": "gemini", r"(gpt|chatgpt)-|o\d(-|$)": "openai"}


@dataclass(frozen=True)
class Endpoint:
    """A model at a server."""

    provider: Provider
    model: str
    """As the server calls it."""
    url: str
    key: SecretStr = field(repr=False)
    identity: str
    """What answers, for the cache: it holds no key, and no port that the next start changes."""

    @property
    def host(self) -> str:
        """For people: never with a user, a password or a query."""
        return urlsplit(self.url).hostname or self.url

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, which may be slow."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:  # a name
            return self.host == "localhost"

    @property
    def is_default(self) -> bool:
        """Whether it is the provider's own server, whose prices are known."""
        return self.host == urlsplit(self.provider.url).hostname

    @property
    def key_name(self) -> str:
        """The variable to set, for errors."""
        return self.provider.key_variables[0] if self.provider.key_variables else "(no key)"


def split(name: str, environment: Mapping[str, str]) -> tuple[Provider, str]:
    """The provider that a name belongs to, and the name there.

    Raises:
        SetupError: when it belongs to none.
    """
    prefix, colon, rest = name.partition(":")
    if colon and rest and prefix in PROVIDERS:
        return PROVIDERS[prefix], rest
    if name.strip() and environment.get("OPENAI_BASE_URL"):
        return PROVIDERS["openai"], name
    for begins, provider in _BARE.items():
        if re.match(begins, name):
            return PROVIDERS[provider], name
    hint = did_you_mean(prefix, [*PROVIDERS]) if colon else "write PROVIDER:MODEL"
    raise SetupError(
        f"model {name!r}: no such provider; {hint}, "
        "or set OPENAI_BASE_URL to a server that speaks OpenAI's protocol"
    )


def endpoint(provider: Provider, model: str, environment: Mapping[str, str]) -> Endpoint:
    """Where to ask, and with which key.

    Raises:
        SetupError: when there is no key, or the variable of the server holds no URL.
    """
    given = environment.get(provider.url_variable, "").strip()
    url = _url(provider, given) if given else provider.url
    return Endpoint(provider, model, url, _key(provider, environment, on_premises=bool(given)), url)


def _key(provider: Provider, environment: Mapping[str, str], *, on_premises: bool) -> SecretStr:
    for variable in provider.key_variables:
        if key := environment.get(variable, "").strip():
            if not (key.isascii() and key.isprintable()):
                raise SetupError(f"{variable} holds characters that no key has; copy it once more")
            return SecretStr(key)
    if provider.key_variables and not (on_premises and provider.name == "openai"):
        raise SetupError(f"{provider.name} needs a key; set {provider.key_variables[0]}")
    return SecretStr("")


def _url(provider: Provider, given: str) -> str:
    url = (given if "://" in given else f"http://{given}").rstrip("/")
    try:
        parts = urlsplit(url)
        # A password or a query would be a secret in a place that errors show.
        odd = parts.scheme not in {"http", "https"} or parts.query or parts.username
        port = parts.port  # an odd one is a ValueError
        if odd or not parts.hostname:
            raise ValueError  # noqa: TRY301 - one message for all that is wrong
        if provider.name == "ollama" and port is None:
            url = f"{parts.scheme}://{parts.netloc}:11434{parts.path}"
    except ValueError:
        raise SetupError(
            f"{provider.url_variable} should be a URL without user or query, such as {provider.url}"
        ) from None
    return url if url.endswith(provider.path) else url + provider.path
