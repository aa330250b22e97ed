"""A counting proxy: all that any system asks a model goes through it, under the same rules.

It hands on OpenAI's protocol, up to so many calls; more are refused. Answers have a longest length,
and every call a seed of its own, so that no system asks for the same answer twice without knowing.
Calls are kept with their times, tokens and texts.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SPENT = "the calls of this run are spent"
"""What is said of a call too many."""
REFUSED = 400
"""Clients that see it do not ask again."""
LONGEST_WAIT_S = 7200.0


@dataclass(frozen=True)
class Rules:
    """What one run may ask."""

    calls: int
    seed: int
    longest: int
    """Tokens of an answer, at most."""


@dataclass(frozen=True)
class Asked:
    """A call, and what was answered."""

    number: int
    """1 for the first."""
    begun: float
    """Seconds since 1970, as `ended`."""
    ended: float
    status: int
    read: int
    """Tokens of what was asked."""
    written: int
    """Tokens of the answer."""
    text: str


class Counting(ThreadingHTTPServer):
    """Listens on 127.0.0.1 until it is closed."""

    daemon_threads = True

    def __init__(self, server: str, key: str, rules: Rules, kept: Path) -> None:
        """Listen, and hand nothing on yet.

        Args:
            server: its URL, that ends in /v1.
            kept: the file in which calls are kept, a line of JSON each.
        """
        super().__init__(("127.0.0.1", 0), _Handler)
        self.server = urlsplit(server)
        self.key = key
        self.rules = rules
        self.refused = 0
        self._kept = kept
        self._lock = threading.Lock()
        self._admitted = 0
        self._calls = list[Asked]()
        self._open = set[http.client.HTTPConnection]()
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    @property
    def url(self) -> str:
        """What systems are told to ask."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def calls(self) -> Sequence[Asked]:
        """Those that came to an end, in the order of their ends."""
        with self._lock:
            return [*self._calls]

    @property
    def is_spent(self) -> bool:
        """Whether all calls have come to an end."""
        return len(self.calls) >= self.rules.calls

    def admit(self, count: int) -> int:
        """The number of the first of so many calls; 0 when there are not so many left."""
        with self._lock:
            if self._admitted + count > self.rules.calls:
                self.refused += 1
                return 0
            self._admitted += count
            return self._admitted - count + 1

    def keep(self, asked: Iterable[Asked]) -> None:
        """Calls that came to an end."""
        with self._lock, self._kept.open("a", encoding="utf-8") as file:
            for each in asked:
                self._calls.append(each)
                file.write(json.dumps(asdict(each)) + "\n")

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the model's server, which ends with us."""
        found = http.client.HTTPConnection(self.server.netloc, timeout=LONGEST_WAIT_S)
        with self._lock:
            self._open.add(found)
        return found

    def close(self) -> None:
        """Listen no more, and give up what is under way."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for each in self._open:
                if each.sock is not None:
                    each.sock.close()


def ruled(body: dict[str, Any], rules: Rules, number: int) -> dict[str, Any]:
    """What is asked of the server for what a system asks."""
    given = [body.pop(name, None) for name in ("max_tokens", "max_completion_tokens")]
    longest = min([rules.longest, *(each for each in given if isinstance(each, int))])
    seed = int(hashlib.sha256(f"{rules.seed}/{number}".encode()).hexdigest()[:7], 16)
    return {**body, "max_tokens": longest, "seed": seed}


def under_way_s(calls: Iterable[Asked], begun: float, ended: float) -> float:
    """For how long at least one call was under way between these times."""
    total, until = 0.0, begun
    for each in sorted(calls, key=lambda call: call.begun):
        start, end = max(each.begun, until), min(each.ended, ended)
        total += max(0.0, end - start)
        until = max(until, end)
    return total


def read(data: bytes, *, streamed: bool) -> tuple[list[str], int, int]:
    """The texts of an answer, and its tokens: read, and written."""
    events = [line[5:] for line in data.splitlines() if line.startswith(b"data:")]
    parts = [each for each in events if each.strip() != b"[DONE]"] if streamed else [data]
    texts, used = dict[int, str](), dict[str, int]()
    for part in parts:
        told: dict[str, Any] = json.loads(part)
        used = told.get("usage") or used
        for choice in told.get("choices", ()):
            said: dict[str, Any] = choice.get("delta") or choice.get("message") or {}
            place = int(choice.get("index", 0))
            texts[place] = texts.get(place, "") + (said.get("content") or "")
    return (
        [texts[place] for place in sorted(texts)],
        int(used.get("prompt_tokens", 0)),
        int(used.get("completion_tokens", 0)),
    )


class _Handler(BaseHTTPRequestHandler):
    server: Counting  # pyright: ignore[reportIncompatibleVariableOverride] - it is that one

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        count = int(body.get("n") or 1)
        if not self.path.endswith("/chat/completions"):
            return self._say(404, "chat completions alone are handed on")
        if not (number := self.server.admit(count)):
            return self._say(REFUSED, SPENT)
        begun = time.time()
        status, data, ended = self._handed_on(ruled(body, self.server.rules, number))
        try:
            texts, read_, written = read(data, streamed=bool(body.get("stream")))
        except (ValueError, TypeError, AttributeError):
            texts, read_, written = [], 0, 0
        first = Asked(number, begun, ended, status, read_, written, "")
        texts += [""] * (count - len(texts))
        rest = [replace(first, number=number + n, read=0, written=0) for n in range(1, count)]
        mine = zip([first, *rest], texts, strict=False)
        self.server.keep(replace(each, text=text) for each, text in mine)
        return None

    def _handed_on(self, body: dict[str, Any]) -> tuple[int, bytes, float]:
        """Status, answer, and when its last piece came: before its client has it."""
        connection, data, ended = self.server.connect(), b"", time.time()
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.server.key}",
        }
        path = f"{self.server.server.path}/chat/completions"
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("content-type", ""))
            self.end_headers()
            while piece := answer.read1():
                data, ended = data + piece, time.time()
                self.wfile.write(piece)
                self.wfile.flush()
        except (OSError, http.client.HTTPException):
            return 0, data, time.time()
        finally:
            connection.close()
        return answer.status, data, ended

    def _say(self, status: int, words: str) -> None:
        told = json.dumps({"error": {"message": words, "code": status}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing."""
