"""Nobody comes in but by the link, and nothing is taken from another page."""

from __future__ import annotations

import json
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from successor.oversight import stopfile
from successor.web.guard import SECRET
from web.seats import JSON, ORIGIN, Sit, Sitting, scripts


@pytest.fixture
def seat(lab: Path, sit: Sit) -> Sitting:
    return sit(lab)


def test_the_link_works_once_and_makes_the_next(lab: Path, sit: Sit) -> None:
    seat = sit(lab)
    told: list[str] = []
    seat.seat.door.told = told.append
    ticket = seat.seat.door.ticket
    seat.client.cookies.clear()
    assert seat.client.get("/").status_code == 401
    assert seat.client.get("/?ticket=guess").status_code == 401
    entered = seat.client.get(f"/?ticket={ticket}")
    assert entered.status_code == 200
    seat.client.cookies.clear()
    assert seat.client.get(f"/?ticket={ticket}").status_code == 401, "it was used"
    assert told == [seat.seat.door.ticket] != [ticket]


def test_the_cookie_is_kept_from_scripts_and_other_sites(seat: Sitting) -> None:
    answer = seat.client.get(f"/?ticket={seat.seat.door.ticket}")
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert cookie["httponly"]
    assert cookie["samesite"] == "strict"
    assert cookie.key.endswith("8800"), "cookies do not tell ports apart"


@pytest.mark.parametrize("path", ["/api/now", "/api/here", "/api/live", "/static/app.js"])
def test_a_stranger_is_told_nothing(seat: Sitting, path: str) -> None:
    seat.client.cookies.clear()
    assert seat.client.get(path).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8800", "127.0.0.1@evil", ""]
)
def test_another_name_for_this_machine_is_refused(seat: Sitting, host: str) -> None:
    assert seat.client.get("/api/now", headers={"host": host}).status_code == 421


def test_a_tunnel_may_have_another_port(seat: Sitting) -> None:
    ticket = seat.seat.door.ticket
    entered = seat.client.get(f"/?ticket={ticket}", headers={"host": "localhost:9000"})
    assert entered.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_pages_neither_read_nor_act(seat: Sitting, headers: dict[str, str]) -> None:
    assert seat.client.get("/api/now", headers=headers).status_code == 403
    given = {"origin": ORIGIN, SECRET: seat.secret, **JSON, **headers}
    assert seat.client.post("/api/stop", content="{}", headers=given).status_code == 403


@pytest.mark.parametrize(
    ("left_out", "code"), [("origin", 403), (SECRET, 403), ("content-type", 415)]
)
def test_an_act_needs_all_that_only_our_page_can_give(
    lab: Path, seat: Sitting, left_out: str, code: int
) -> None:
    given = {"origin": ORIGIN, SECRET: seat.secret, **JSON}
    del given[left_out]
    assert seat.client.post("/api/stop", content="{}", headers=given).status_code == code
    assert not (lab / stopfile.NAME).exists()


def test_the_cookie_alone_reads_and_does_not_act(seat: Sitting) -> None:
    secret = seat.secret
    for path in ("/", "/api/here", "/api/now", "/api/keys"):
        assert secret not in seat.client.get(path).text
    seat.client.get(f"/?ticket={seat.seat.door.ticket}")
    assert "secret" in seat.post("/api/stop", 403)["error"], "that of another browser"


@pytest.mark.parametrize(
    "path",
    ["stop", "resume", "review", "rollback", "direct", "run", "charter", "unlock", "lock", "any"],
)
def test_read_only_refuses_every_act(lab: Path, sit: Sit, path: str) -> None:
    told = sit(lab, read_only=True).post(f"/api/{path}", 403, reason="why")
    assert "--read-only" in told["error"]
    assert not (lab / stopfile.NAME).exists()


def test_what_is_too_long_or_no_object_is_refused(seat: Sitting) -> None:
    given = {"origin": ORIGIN, SECRET: seat.secret, **JSON}
    long = json.dumps({"reason": "x" * 100_000})
    assert seat.client.post("/api/stop", content=long, headers=given).status_code == 413
    half, longer = r'{"reason": "\ud800"}', '{"reason": "' + "x" * 3000 + '"}'
    for body in ("", "[]", "{", '"x"', '{"reason": 7}', half, longer):
        answer = seat.client.post("/api/stop", content=body, headers=given)
        assert answer.status_code in (409, 411), body
        assert "Traceback" not in answer.text


def test_the_page_runs_nothing_but_its_own_files(seat: Sitting) -> None:
    answer = seat.client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert scripts(answer.text) == []
    assert "http" not in answer.text, "nothing is loaded from elsewhere"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_files_outside_of_the_static_ones_are_not_served(seat: Sitting) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/charts/report.js"):
        assert seat.client.get(path).status_code == 404, path
