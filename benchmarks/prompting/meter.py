"""What stands between whoever asks and the models that answer: it passes on, and counts.

Both sides of the comparison ask here, so that neither is believed about what it asked.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast
from urllib.parse import urlsplit

_USAGE = re.compile(rb'"(prompt|completion)_tokens":\s*(\d+)')
_TIMEOUT_S = 3600
_PASSED = ("content-type",)


@dataclass(frozen=True)
class Served:
    """A model that is up: where, and the key that it wants."""

    url: str
    key: str


@dataclass
class Count:
    """What one model was asked."""

    requests: int = 0
    read: int = 0
    """Tokens."""
    written: int = 0
    """Tokens."""
    questions: set[str] = field(default_factory=set[str])
    """The last message of each request."""


class Meter:
    """A server on 127.0.0.1 that routes by the name of the model; a context manager."""

    def __init__(self, models: Mapping[str, Served]) -> None:
        self.key = secrets.token_urlsafe(24)
        self._models = models
        self._lock = threading.Lock()
        self.counts = dict[str, Count]()
        self.reset()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def reset(self) -> None:
        """Count from nothing."""
        with self._lock:
            self.counts = {name: Count() for name in self._models}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def began(self, name: str, body: Mapping[str, Any]) -> None:
        """A request is about to be passed on."""
        with self._lock:
            count = self.counts[name]
            count.requests += 1
            count.questions.add(str(body["messages"][-1]["content"]))

    def ended(self, name: str, reply: bytes) -> None:
        """What came back, or the end of it: the last usage in it counts."""
        found = {kind: int(number) for kind, number in _USAGE.findall(reply)}
        with self._lock:
            count = self.counts[name]
            count.read += found.get(b"prompt", 0)
            count.written += found.get(b"completion", 0)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        meter, models = self, self._models

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                data = self.rfile.read(length)
                if self.headers.get("authorization") != f"Bearer {meter.key}":
                    return self.send_error(401)
                body = cast("dict[str, Any]", json.loads(data))
                name = str(body["model"])
                if name not in models:
                    return self.send_error(404)
                meter.began(name, body)
                return meter.ended(name, _passed_on(self, models[name], data))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's
                """Nothing."""

        return Handler


def _passed_on(asker: BaseHTTPRequestHandler, served: Served, data: bytes) -> bytes:
    """Ask, and hand back piece by piece as it comes; the end of it."""
    where = urlsplit(served.url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=_TIMEOUT_S)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {served.key}"}
    path = asker.path.removeprefix("/v1")
    try:
        connection.request("POST", f"{where.path}{path}", data, headers)
        reply = connection.getresponse()
        asker.send_response(reply.status)
        for header in _PASSED:
            asker.send_header(header, reply.headers.get(header, ""))
        asker.send_header("Connection", "close")
        asker.end_headers()
        return _copied(asker, reply)
    finally:
        connection.close()


def _copied(asker: BaseHTTPRequestHandler, reply: HTTPResponse) -> bytes:
    end = b""
    with suppress(ConnectionError):  # who asked has gone; it is counted as a request all the same
        while piece := reply.read1(1 << 16):
            asker.wfile.write(piece)
            asker.wfile.flush()
            end = (end + piece)[-(1 << 14) :]
    return end
