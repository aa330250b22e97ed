"""What is shown is what is on record, at once, and a stop from the seat stops."""

from __future__ import annotations

import json
import time
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
import uvicorn
from httpx2 import Client

from cli.commands import Run, change, start
from successor.ledger import Ledger, Paused
from successor.showing.following import Sight
from successor.web.app import application
from successor.web.door import Door
from successor.web.seat import Seat
from successor.web.serving import bound
from web.seats import Sit


def slow(lab: Path, pause_s: float) -> Path:
    change(lab, 'kind = "tiny.py:author"', f'kind = "tiny.py:author"\npause_s = {pause_s}')
    return lab


def test_a_lab_without_a_record_is_shown_as_such(lab: Path, sit: Sit) -> None:
    found = sit(lab).get("/api/now")
    assert (found["state"], found["events"], found["problem"]) == ("idle", 0, None)


def test_a_long_record_is_read_while_the_seat_answers(
    lab: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("improve", lab, "--quiet").code == 0
    go_on, whole = Event(), Sight.of

    def slowly(folder: Path) -> Sight:
        assert go_on.wait(60)
        return whole(folder)

    monkeypatch.setattr(Sight, "of", slowly)
    seat = Seat(lab, "lab", door=Door())
    reading = Thread(target=seat.look)
    reading.start()
    deadline = time.monotonic() + 60
    while seat.now()["state"] != "reading" and time.monotonic() < deadline:
        time.sleep(0.01)
    found = seat.now()
    assert found["state"] == "reading"
    assert "events" in found["told"]
    assert seat.view("lineage", lambda _: "seen") is None
    go_on.set()
    reading.join()
    assert seat.now()["state"] == "ended"
    assert seat.view("lineage", lambda _: "seen") == "seen"


def test_now_says_what_status_says(lab: Path, sit: Sit, run: Run) -> None:
    assert run("improve", lab, "--quiet").code == 0
    found = sit(lab).get("/api/now")
    assert found["state"] == "ended"
    assert found["told"].startswith("by target")
    assert found["promotions"] == 2
    assert found["incumbent"]["measured"]["reliable_horizon"] == 16
    assert [each["decision"] for each in found["recent"]] == ["first", "promoted", "promoted"]
    assert found["weaknesses"][0]["slice"] == "32"
    assert {each["name"]: each["limit"] for each in found["budgets"]} == {
        "wall_clock": 60.0,
        "generations": 9,
    }


def test_a_promotion_arrives_while_the_run_goes_on(lab: Path) -> None:
    run = start("improve", slow(lab, 1.5), "--quiet")
    seat = Seat(lab, "lab", door=Door())
    listening = bound(0)
    port = listening.getsockname()[1]
    config = uvicorn.Config(application(seat), log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    listening.listen()
    serving = Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    seen = list[tuple[int, bool]]()
    with closing(listening), Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        try:
            client.get(f"/?ticket={seat.door.ticket}")
            with client.stream("GET", "/api/live") as live:
                for line in live.iter_lines():
                    if line.startswith("data: "):
                        now = json.loads(line.removeprefix("data: "))
                        seen.append((now.get("promotions", 0), now["running"]))
                        if seen[-1] == (2, False):
                            break
        finally:
            server.should_exit = True
            serving.join()
            run.communicate(timeout=60)
    assert (1, True) in seen, "the first promotion was told while the run went on"


def test_stop_from_the_seat_kills_a_run(lab: Path, sit: Sit) -> None:
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\nstubborn_s = 600.0')
    run = start("improve", lab, "--quiet")
    seat = sit(lab)
    deadline = time.monotonic() + 60
    while not (found := seat.get("/api/now")).get("step") or found["step"]["name"] != "writing":
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    told = seat.post("/api/stop", reason="odd <b>answers</b>", until="ada has seen them")
    assert told["recorded"]
    run.communicate(timeout=10)
    assert run.returncode != 0
    paused = seat.get("/api/now")
    assert paused["state"] == "paused"
    assert "odd <b>answers</b>" in paused["paused"]["reason"]
    with Ledger.read(lab / ".successor") as ledger:
        (event,) = [entry.event for entry in ledger.entries(Paused)]
    assert (event.trigger, event.condition) == ("command", "ada has seen them")
    assert "reason" in seat.post("/api/resume", 409)["error"]
    assert seat.post("/api/resume", reason="seen")["reason"] == "seen"
    assert seat.get("/api/now")["paused"] is None


def test_a_record_that_does_not_verify_is_told_and_not_shown(lab: Path, sit: Sit, run: Run) -> None:
    assert run("improve", lab, "--quiet").code == 0
    (lab / ".successor" / "head").write_text('{"size": 1, "root": "00"}', "utf-8")
    found = sit(lab).get("/api/now")
    assert "damaged" in found["problem"]
