"""A server on 127.0.0.1 that speaks OpenAI's protocol, as badly as it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EVENTS = "text/event-stream"


@dataclass
class Call:
    """One request, and the means to answer it."""

    handler: BaseHTTPRequestHandler
    body: dict[str, Any]
    open: threading.Event
    """Set when the server ends: whoever hangs has to let go."""

    def head(self, status: int = 200, kind: str = EVENTS, **headers: str) -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def write(self, data: bytes) -> bool:
        """Whether anybody still reads."""
        try:
            self.handler.wfile.write(data)
            self.handler.wfile.flush()
        except OSError:
            return False
        return not self.open.is_set()

    def event(self, data: object) -> bool:
        return self.write(f"data: {json.dumps(data)}\n\n".encode())


Behaviour = Callable[[Call], None]


def piece(text: str | None = None, finish: str | None = None, **delta: object) -> dict[str, Any]:
    return {
        "model": "tested-1",
        "choices": [{"delta": {"content": text, **delta}, "finish_reason": finish}],
    }


def says(
    *texts: str,
    finish: str = "stop",
    usage: object = "small",
    after_s: float = 0.0,
    **delta: object,
) -> Behaviour:
    """An answer as it should be, in pieces."""

    def behave(call: Call) -> None:
        time.sleep(after_s)
        call.head()
        for text in texts:
            call.event(piece(text))
        call.event(piece(None, finish, **delta))
        if usage is not None:
            counts = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
            told = counts if usage == "small" else usage
            call.event({"model": "tested-1", "choices": [], "usage": told})
        call.write(b"data: [DONE]\n\n")

    return behave


def echoes(call: Call) -> None:
    """Says what it was asked."""
    says(call.body["messages"][-1]["content"])(call)


def fails(
    status: int, message: object = "no", code: str | None = None, **headers: str
) -> Behaviour:
    def behave(call: Call) -> None:
        call.head(status, "application/json", **headers)
        call.write(json.dumps({"error": {"message": message, "code": code}}).encode())

    return behave


def raw(*chunks: bytes, kind: str = EVENTS, status: int = 200, **headers: str) -> Behaviour:
    def behave(call: Call) -> None:
        call.head(status, kind, **headers)
        for chunk in chunks:
            call.write(chunk)

    return behave


def hangs(call: Call) -> None:
    """Says nothing, not even a status."""
    call.open.wait(60)


def endless(chunk: bytes, pause_s: float = 0.0, status: int = 200) -> Behaviour:
    def behave(call: Call) -> None:
        call.head(status)
        while call.write(chunk):
            call.open.wait(pause_s)

    return behave


def drops(call: Call) -> None:
    """Closes the connection without a word."""


@dataclass
class Server:
    """Answers each request by the next behaviour, and goes on with the last one."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    most_at_once: int = 0
    behaviours: tuple[Behaviour, ...] = (echoes,)
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    def play(self, *behaviours: Behaviour) -> None:
        self.behaviours = behaviours

    @property
    def calls(self) -> int:
        return len(self.bodies)

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        with self._lock:
            behave = self.behaviours[min(self.calls, len(self.behaviours) - 1)]
            self.bodies.append({**body, "path": handler.path})
            self.headers.append(dict(handler.headers))
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            behave(Call(handler, body, self._ended))
        finally:
            with self._lock:
                self._at_once -= 1


@contextmanager
def serving() -> Generator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.handle(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Tests are told by `bodies`."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that went away is what many tests are about."""

    http = Quiet(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_port}/v1"
    thread = threading.Thread(
        target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server._ended.set()
        http.shutdown()
        http.server_close()
