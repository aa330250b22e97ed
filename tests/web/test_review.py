"""What is decided in a browser is what the command line would have put on record."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from cli.commands import Run, change
from successor.ledger import Ledger, Reviewed, audit
from successor.ledger.events import Entry, Event, SessionStarted
from successor.showing.proposal import LONGEST
from web.seats import Sit

HOSTILE = "<script>alert(1)</script>"
BIDI = "\u202e"
PASSPHRASE = "correct horse"  # noqa: S105 - of a key that a test makes


def told(lab: Path) -> list[tuple[str, str]]:
    """The events of a record without times, and without what was seen before a choice."""
    with Ledger.read(lab / ".successor") as ledger:
        return [_told(entry) for entry in ledger.entries()]


def _told(entry: Entry[Event]) -> tuple[str, str]:
    event = entry.event
    if isinstance(event, Reviewed):
        event = replace(event, seconds=None, shown=None, explained=False)
    if isinstance(event, SessionStarted):
        event = replace(event, settings={}, host={})
    return type(event).__name__, json.dumps(asdict(event), sort_keys=True)


@pytest.fixture
def signed(waiting: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same lab, whose one person is ada, with a key behind a passphrase."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    secret = tmp_path / "passphrase"
    secret.write_text(f"{PASSPHRASE}\n", "utf-8")
    made = run("keys", "new", "ada", "--passphrase-file", secret)
    assert made.code == 0, made.err
    assert run("keys", "new", "eve", "--no-passphrase").code == 0
    assert run("policy", "init", waiting, "ada").code == 0
    change_policy(waiting)
    found = run("policy", "sign", waiting, "--key", "ada", "--passphrase-file", secret)
    assert found.code == 0, found.err
    return waiting


def change_policy(lab: Path) -> None:
    """One person is all there is, so that one has to do for changes, too."""
    path = lab / "policy.toml"
    path.write_text(path.read_text("utf-8").replace("change = 2", "change = 1"), "utf-8")


def test_nothing_waits_where_nothing_does(lab: Path, sit: Sit, run: Run) -> None:
    assert sit(lab).get("/api/review") == {"candidate": None}
    assert run("improve", lab, "--quiet").code == 0
    assert sit(lab).get("/api/review") == {"candidate": None}


def test_the_page_shows_what_the_command_shows(waiting: Path, sit: Sit, run: Run) -> None:
    (shown,) = run("review", waiting, "--json").lines
    found = sit(waiting).get("/api/review")
    assert {"-4", "+8"} <= set(found["lines"])
    for name in ("candidate", "incumbent", "uncertainty", "near_misses", "summary", "tripwires"):
        assert found[name] == shown[name], name
    assert found["verdict"]["e_value"] == shown["e_value"]
    assert found["left_out"] == 0


@pytest.mark.parametrize("choice", ["accept", "reject"])
def test_a_choice_changes_exactly_what_the_command_changes(
    waiting: Path, tmp_path: Path, sit: Sit, run: Run, choice: str
) -> None:
    other = Path(shutil.copytree(waiting, tmp_path / "other"))
    run("review", other, f"--{choice}", "--reason", "by the numbers")
    seat = sit(waiting)
    candidate = seat.get("/api/review")["candidate"]
    made = seat.post("/api/review", choice=choice, candidate=candidate, reason="by the numbers")
    assert made["decision"] == {"accept": "promoted", "reject": "rejected"}[choice]
    assert told(waiting) == told(other)
    assert audit(waiting / ".successor").problem is None
    assert seat.get("/api/now")["waiting"] is None
    again = seat.post("/api/review", 409, choice=choice, candidate=candidate, reason="once more")
    assert "look again" in again["error"]


def test_what_was_seen_and_how_long_is_on_record(waiting: Path, sit: Sit) -> None:
    seat = sit(waiting)
    candidate = seat.get("/api/review")["candidate"]
    seat.post("/api/review", choice="accept", candidate=candidate)
    with Ledger.read(waiting / ".successor") as ledger:
        (reviewed,) = [entry.event for entry in ledger.entries(Reviewed)]
        assert reviewed.shown
        assert "+8" in ledger.object(reviewed.shown).decode()
    assert reviewed.seconds is not None
    assert not reviewed.explained


def test_a_rejection_takes_a_reason(waiting: Path, sit: Sit) -> None:
    seat = sit(waiting)
    candidate = seat.get("/api/review")["candidate"]
    before = told(waiting)
    for reason in ("", "  ", None):
        found = seat.post("/api/review", 409, choice="reject", candidate=candidate, reason=reason)
        assert found["error"].startswith("why?")
    assert "should be accept" in seat.post("/api/review", 409, choice="other")["error"]
    assert told(waiting) == before


def test_a_signature_needs_the_key_and_its_passphrase(signed: Path, sit: Sit) -> None:
    seat = sit(signed)
    found = seat.get("/api/review")
    assert found["people"] == ["ada"]
    wish = {"choice": "accept", "candidate": found["candidate"], "reason": "read it"}
    assert "needs a signature" in seat.post("/api/review", 409, **wish)["error"]
    assert "is locked" in seat.post("/api/review", 409, **wish, key="ada")["error"]
    wrong = seat.post("/api/unlock", 409, key="ada", passphrase=PASSPHRASE[:-1])
    assert "not its passphrase" in wrong["error"]
    assert seat.post("/api/unlock", key="eve", passphrase="")["unlocked"] == ["eve"]
    assert "none of this lab's people" in seat.post("/api/review", 409, **wish, key="eve")["error"]
    assert seat.post("/api/unlock", key="ada", passphrase=PASSPHRASE)["unlocked"] == ["ada", "eve"]
    assert PASSPHRASE not in json.dumps(seat.get("/api/here"))
    assert "PRIVATE" not in json.dumps(seat.get("/api/here"))
    assert seat.post("/api/review", **wish, key="ada")["decision"] == "promoted"
    assert audit(signed / ".successor").problem is None
    assert seat.post("/api/lock")["unlocked"] == []


def test_a_key_is_unlocked_for_one_browser(signed: Path, sit: Sit) -> None:
    seat = sit(signed)
    seat.post("/api/unlock", key="ada", passphrase=PASSPHRASE)
    assert seat.get("/api/here")["unlocked"] == ["ada"]
    seat.client.cookies.clear()
    seat.client.get(f"/?ticket={seat.seat.door.ticket}")
    assert seat.get("/api/here")["unlocked"] == []


def proposing(lab: Path, name: str, content: str) -> None:
    """The next candidate of a lab has one more file."""
    path = lab / "tiny.py"
    text = path.read_text("utf-8")
    old = 'return Draft({"ability": workspace.write(str(ability * 2).encode())})'
    new = old.replace("{", f"{{{name!r}: workspace.write({content}), ", 1)
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_what_a_candidate_says_stays_text_and_is_seen(lab: Path, sit: Sit, run: Run) -> None:
    change(lab, "[lab]", "[lab]\nstage = 3")
    change(lab, "Count further", f"Count {HOSTILE}")
    proposing(lab, f"{HOSTILE}{BIDI}.py", f"{HOSTILE + BIDI!r}.encode()")
    assert run("improve", lab, "--quiet").code == 3
    seat = sit(lab)
    seat.seat.look()
    for path in ("/api/review", "/api/now", "/api/here", "/api/review/lines"):
        answer = seat.client.get(path)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert BIDI not in json.dumps(answer.json(), ensure_ascii=False), path
    found = seat.get("/api/review")
    assert any(HOSTILE + "\\u202e" in line for line in found["lines"])
    assert found["files"][0]["name"] == f"{HOSTILE}\\u202e.py"
    assert any("right-to-left override" in line for line in found["hidden"])


def test_a_huge_difference_is_cut_and_not_accepted_unseen(lab: Path, sit: Sit, run: Run) -> None:
    change(lab, "[lab]", "[lab]\nstage = 3")
    proposing(lab, "long.txt", "b'x' * 99 + b'\\n' + b'y = 1\\n' * 1_000_000")
    assert run("improve", lab, "--quiet").code == 3
    seat = sit(lab)
    answer = seat.client.get("/api/review")
    seat.seat.look()
    answer = seat.client.get("/api/review")
    found = answer.json()
    assert len(found["lines"]) == LONGEST
    assert found["left_out"] > 999_000
    assert len(answer.content) < 100_000
    wish = {"choice": "accept", "candidate": found["candidate"]}
    assert "not shown yet" in seat.post("/api/review", 409, **wish)["error"]
    more = seat.get("/api/review/lines?from=900000")
    assert more["lines"][0] == "+y = 1"
    assert len(more["lines"]) == 2000
    assert seat.get("/api/review")["explained"]
