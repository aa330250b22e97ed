"""The HTTP client underneath: what it sends to whom, and how many bytes it takes at most."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextvars import ContextVar

import httpx2

from successor.llm.providers import Endpoint

CONNECT_S = 15.0
_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
    }
)
"""All that a server is told. The library adds what the environment has for OpenAI, which may name
an organisation or hold another key, and is no business of other providers."""


most_bytes: ContextVar[int] = ContextVar("most_bytes", default=1 << 20)
"""Of the answer to the request that the current task is about to send."""


class EndlessError(Exception):
    """More bytes than any answer to the request could have."""


class EncodedError(Exception):
    """A compressed answer, although none was asked for: its size could not be told."""


def http_client(endpoint: Endpoint, timeout_s: float) -> httpx2.AsyncClient:
    """A client that follows no redirect, asks for no compression and reads only so many bytes of
    each answer as `most_bytes` says. Proxies of the environment are used, except for this machine.
    """
    headers = {"Accept-Encoding": "identity"}
    ours = endpoint.host in {"127.0.0.1", "::1", "localhost"}
    told_all = endpoint.provider.name == "openai" and endpoint.is_default

    async def only_ours(request: httpx2.Request) -> None:
        for name in [] if told_all else [*request.headers]:
            if name.lower() not in _HEADERS:
                del request.headers[name]

    async def counted(response: httpx2.Response) -> None:
        if isinstance(response.stream, httpx2.AsyncByteStream):
            encoding = response.headers.get("content-encoding", "identity")
            response.stream = _Counted(response.stream, encoding, most_bytes.get())

    return httpx2.AsyncClient(
        headers=headers,
        timeout=httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
        limits=httpx2.Limits(max_connections=None),
        event_hooks={"request": [only_ours], "response": [counted]},
        trust_env=not ours,
        # To this machine there is no TLS unless its URL says so, and reading certificates is slow.
        verify=not (ours and endpoint.url.startswith("http:")),
        follow_redirects=False,
    )


class _Counted(httpx2.AsyncByteStream):
    """The bytes of an answer as they come from the network, up to a limit."""

    def __init__(self, stream: httpx2.AsyncByteStream, encoding: str, most: int) -> None:
        self._stream = stream
        self._encoding = encoding
        self._most_bytes = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._encoding != "identity":
            raise EncodedError(self._encoding)
        seen = 0
        async for chunk in self._stream:
            seen += len(chunk)
            if seen > self._most_bytes:
                raise EndlessError
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
