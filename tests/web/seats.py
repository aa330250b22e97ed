"""Labs, seats and browsers for these tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from successor.web.app import application
from successor.web.door import Door
from successor.web.guard import SECRET
from successor.web.seat import Seat

ORIGIN = "http://127.0.0.1:8800"


class Sitting:
    """Somebody at the seat, let in."""

    def __init__(self, client: TestClient, seat: Seat) -> None:
        self.client = client
        self.seat = seat
        entered = client.get(f"/?ticket={seat.door.ticket}")
        assert entered.status_code == 200
        self.secret = secret_in(entered.text)

    def get(self, path: str) -> dict[str, Any]:
        """What a page would be told, once the record was looked at again."""
        self.seat.look()
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, code: int = 200, /, **body: object) -> dict[str, Any]:
        answer = self.client.post(
            path, content=json.dumps(body), headers={"origin": ORIGIN, SECRET: self.secret, **JSON}
        )
        assert answer.status_code == code, answer.text
        return answer.json()


def secret_in(page: str) -> str:
    """What the page that a link opens is told, behind the # of an address."""
    found = re.search(r"#/enter/([\w-]{40,})", page)
    assert found
    return found[1]


JSON = {"content-type": "application/json"}
Sit = Callable[..., Sitting]


@contextmanager
def sitting(lab: Path, *, read_only: bool = False) -> Generator[Sitting]:
    """A seat before a lab, and somebody at it."""
    seat = Seat(lab, str(lab), read_only=read_only, door=Door())
    with TestClient(application(seat), base_url=ORIGIN) as client:
        yield Sitting(client, seat)


def scripts(page: str) -> list[str]:
    """What stands in script elements of a page, and in attributes that run."""
    inline = re.findall(r"<script[^>]*>([^<]+)</script>", page)
    return [*inline, *re.findall(r"\son\w+=", page)]
