"""Stop means stop: whoever asks for it, it holds until a person lifts it."""

from __future__ import annotations

import json
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from cli.commands import Outcome, Run, change, start
from cli.test_json_docs import assert_fits, documented
from successor.cli import run_command
from successor.errors import UsageError
from successor.ledger import (
    GenerationOpened,
    Heartbeat,
    Ledger,
    Lifted,
    Paused,
    Signed,
    Stopped,
    journal,
    steps,
)
from successor.oversight import watch
from successor.pausing import lifting
from successor.signing import sealed, signer
from successor.types import Stop

PATIENCE_S = 120.0


def ledger_of(lab: Path) -> Ledger:
    """The record, to write to without what a lab would ask first."""
    return Ledger.open(lab / ".successor", settings={}, seed=1)


def events_of(lab: Path) -> int:
    with Ledger.read(lab / ".successor") as ledger:
        return ledger.head.size


def pause_of(lab: Path) -> Paused:
    with Ledger.read(lab / ".successor") as ledger:
        (found,) = ledger.entries(Paused)
    return found.event


@pytest.fixture
def begun(lab: Path, run: Run) -> Path:
    assert run("improve", lab, "--quiet", "--generations", "1").code == 0
    return lab


@pytest.fixture
def paused(begun: Path, run: Run) -> Path:
    assert run("stop", begun, "--reason", "it trades", "--until", "audited").code == 0
    return begun


def test_what_is_paused_stays_so_until_a_person_lifts_it(paused: Path, run: Run) -> None:
    before = events_of(paused)
    for _ in range(2):
        tried = run("improve", paused)
        assert tried.code == 3
        assert "(command): it trades, until audited" in tried.err
    for verb, *options in (("improve", "--fresh"), ("rollback",)):
        made = run(verb, paused, *options)
        assert made.code == 3, made.err
        assert "resume" in made.err
    assert events_of(paused) == before
    assert run("resume", paused, "--reason", "audited").code == 0
    assert not (paused / "STOP").exists()
    assert run("improve", paused, "--quiet").code == 0
    audited = run("audit", paused)
    assert audited.code == 0
    assert "Paused, and nothing was done in between: event" in audited.out
    assert "lifted by" in audited.out


def test_it_is_told(paused: Path, run: Run) -> None:
    (told,) = run("status", paused, "--json").lines
    assert_fits(told, documented("`successor status LAB --json`"))
    assert told["paused"]["reason"] == "it trades"
    assert told["paused"]["since"] > 0
    assert "until audited. A person lifts it: successor resume" in run("status", paused).out
    assert "It is paused" in run("report", paused, "--output", "-").out
    (again,) = run("stop", paused, "--reason", "another", "--json").lines
    assert_fits(again, documented("`successor stop LAB --json`"))
    assert again["reason"] == f"it trades; {again['by']}: another", "neither is lost"
    assert run("stop", paused).code == 0
    assert run("stop", paused, "--reason", "another").code == 0
    assert run("status", paused, "--json").lines[0]["paused"]["reason"] == again["reason"]
    (lifted,) = run("resume", paused, "--reason", "x", "--json").lines
    assert_fits(lifted, documented("`successor resume LAB --json`"))
    (living,) = run("alive", paused, "--json").lines
    assert_fits(living, documented("`successor alive LAB --json`"))
    assert "It is paused" not in run("report", paused, "--output", "-").out
    assert run("resume", paused, "--reason", "x").code == 2


@pytest.mark.parametrize(
    ("content", "reason", "by"),
    [
        ("", "not said", "unknown"),
        ("it trades\n", "it trades", "unknown"),
        ('{"by": "ada", "reason": "it trades"}', "it trades", "ada"),
        ('{"by": 7, "trigger": "whim"}', "not said", "7"),
        ("[1, 2]", "[1, 2]", "unknown"),
        ("\x00" * 9000, "\x00" * 500, "unknown"),
        (None, "not said", "unknown"),
    ],
    ids=["empty", "text", "json", "odd json", "a list", "long", "a folder"],
)
def test_whatever_is_called_stop_stops(
    begun: Path, run: Run, content: str | None, reason: str, by: str
) -> None:
    path = begun / "STOP"
    path.mkdir() if content is None else path.write_text(content, "utf-8")
    assert run("improve", begun, "--quiet").code == 3
    path.rmdir() if content is None else path.unlink()
    assert pause_of(begun) == Paused("file", reason, "", by)
    assert run("improve", begun, "--quiet").code == 3  # to take it away lifts nothing


def test_a_lab_can_be_stopped_before_it_ever_ran(lab: Path, run: Run) -> None:
    (told,) = run("stop", lab, "--json", "--reason", "not yet").lines
    assert told["recorded"] is False
    tried = run("improve", lab)
    assert (tried.code, tried.out) == (3, "")
    assert "(command): not yet.\nNothing has begun yet. A person lifts it:" in tried.err
    assert not (lab / ".successor" / "record.sqlite").exists()
    assert run("resume", lab, "--reason", "now").code == 0
    assert run("improve", lab, "--quiet").code == 0


def test_a_stop_that_nobody_saw_can_be_taken_back(begun: Path, run: Run) -> None:
    (begun / "STOP").touch()
    (begun / "STOP").unlink()
    assert run("improve", begun, "--quiet").code == 0


def test_a_lab_that_cannot_be_opened_can_be_stopped(begun: Path, run: Run) -> None:
    change(begun, 'kind = "tiny.py:author"', 'kind = "gone.py:author"')
    assert run("stop", begun).code == 0
    assert run("resume", begun, "--reason", "x").code == 0


def test_who_is_killed_in_the_middle_of_stopping_leaves_it_stopped(lab: Path, run: Run) -> None:
    change(lab, '"tiny.py:author"', '"tiny.py:author"\nstubborn_s = 600.0')
    child = start("improve", lab, "--quiet")
    record, deadline = lab / ".successor", time.monotonic() + PATIENCE_S
    while not begins_to_write(record) and time.monotonic() < deadline:
        time.sleep(0.05)
    (lab / "STOP").touch()
    while not (record / "stop").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    (lab / "STOP").unlink()
    assert run("improve", lab, "--quiet").code == 3
    assert pause_of(lab).by == "unknown"


def test_a_run_that_is_killed_says_why_with_its_last_words(lab: Path, run: Run) -> None:
    change(lab, '"tiny.py:author"', '"tiny.py:author"\nstubborn_s = 600.0')
    child = start("improve", lab)
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not begins_to_write(lab / ".successor") and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.0)  # what it has to tell of its steps comes first
        assert run("stop", lab, "--reason", "lunch").code == 0
    finally:
        child.kill()
        _, told = child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert "lunch. What had not ended is killed. A person lifts it: successor resume" in told


def begins_to_write(record: Path) -> bool:
    """Whether the author of the first candidate was set to work."""
    with suppress(UsageError), Ledger.read(record) as ledger:
        return len(ledger.entries(GenerationOpened)) > 1
    return False


def test_a_lab_that_nobody_looks_after_pauses(
    begun: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (begun / "policy.toml").write_text('dead_man = "24h"\n', "utf-8")
    real, hours = time.time, 0.0

    def later() -> float:
        return real() + hours * 3600

    monkeypatch.setattr(watch.time, "time", later)
    hours = 23.0
    assert run("improve", begun, "--quiet", "--generations", "2").code == 0
    assert run("alive", begun).code == 0
    hours = 46.0
    assert run("improve", begun, "--quiet", "--generations", "3").code == 0
    hours = 48.0
    stopped = run("improve", begun)
    assert stopped.code == 3
    assert "aused by policy.toml (timer): nobody showed a sign of life" in stopped.err


def test_a_session_at_work_leaves_heartbeats(
    lab: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BEAT_S", 0.0)
    assert run("improve", lab, "--quiet").code == 0
    with Ledger.read(lab / ".successor") as ledger:
        assert ledger.entries(Heartbeat)
    assert run("audit", lab).code == 0


def test_a_session_that_works_briefly_leaves_none(begun: Path) -> None:
    with Ledger.read(begun / ".successor") as ledger:
        assert not ledger.entries(Heartbeat)


# People


@pytest.fixture
def guarded(begun: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab whose people are ada and bob, whose machine is eve, and that is paused."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("ada", "bob", "eve", "dan"):
        assert run_command(["keys", "new", name, "--no-passphrase"]) == 0
    assert run("policy", "init", begun, "ada", "bob", "--stage", "4").code == 0
    keys = {each["name"]: each["key"] for each in run("keys", "list", "--json").lines[0]["keys"]}
    with (begun / "policy.toml").open("a", encoding="utf-8") as file:
        file.write(f'[[machines]]\nname = "eve"\nkey = "{keys["eve"]}"\n')
    run("policy", "sign", begun, "--key", "ada")
    assert run("policy", "sign", begun, "--key", "bob").code == 0
    assert run("stop", begun).code == 0
    return begun


def lifted(run: Run, lab: Path, *options: str | Path) -> Outcome:
    return run("resume", lab, "--reason", "x", *options)


def test_only_one_of_the_people_lifts_it(guarded: Path, run: Run, tmp_path: Path) -> None:
    assert "needs a signature, of: ada, bob" in lifted(run, guarded).err
    for other in ("dan", "eve"):
        refused = lifted(run, guarded, "--key", other)
        assert (refused.code, "none of this lab's people" in refused.err) == (2, True)
    assert run("improve", guarded, "--quiet").code == 3
    assert lifted(run, guarded, "--key", "ada").code == 0
    assert run("audit", guarded).code == 0
    with Ledger.read(guarded / ".successor") as ledger:
        old = tmp_path / "old.json"
        old.write_bytes(ledger.object(ledger.entries(Signed)[-1].event.envelope))
    assert run("stop", guarded).code == 0
    replayed = lifted(run, guarded, "--envelope", old)
    assert replayed.code == 2
    assert "nobody of this lab's people signed exactly this" in replayed.err
    assert lifted(run, guarded, "--key", "bob").code == 0
    assert len(run("audit", guarded, "--json").lines[0]["pauses"]) == 2


def test_a_lift_that_nobody_signed_is_found_out(guarded: Path, run: Run) -> None:
    with ledger_of(guarded) as ledger:
        ledger.lift("ada", "trust me")
    audited = run("audit", guarded)
    assert audited.code == 4
    assert "(Lifted): lifted without the signature of one of the people" in audited.err
    (guarded / "STOP").unlink()
    before = events_of(guarded)
    refused = run("improve", guarded)
    assert (refused.code, refused.err.count("\n")) == (4, 2)
    assert "(Lifted): lifted without the signature" in refused.err
    assert events_of(guarded) == before


def test_what_is_done_during_a_pause_is_found_out(
    paused: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a program that puts on record what the ledger refuses."""
    with monkeypatch.context() as lenient, ledger_of(paused) as ledger:
        lenient.setattr(journal, "WHILE_PAUSED", (object,))
        ledger._journal.append(Stopped(Stop("target", "reached")))
    audited = run("audit", paused)
    assert audited.code == 4
    assert "(Stopped): done while the lab was paused" in audited.err


def test_what_was_under_way_before_a_pause_is_found_out(paused: Path, run: Run) -> None:
    with ledger_of(paused) as ledger:
        ledger._journal.append(Lifted("somebody", "x"))
        ledger._journal.append(Stopped(Stop("target", "reached")))
    audited = run("audit", paused)
    assert audited.code == 4
    assert "comes of a session that began before the lab was paused" in audited.err


def test_a_pause_is_nobodys_working_time(paused: Path, run: Run) -> None:
    spent = run("status", paused, "--json").lines[0]["seconds"]
    time.sleep(0.5)
    run("resume", paused, "--reason", "x")
    run("alive", paused)
    assert run("status", paused, "--json").lines[0]["seconds"] == spent


def test_the_file_says_who_asked(paused: Path) -> None:
    told = json.loads((paused / "STOP").read_bytes())
    assert (told["trigger"], told["reason"], told["condition"]) == (
        "command",
        "it trades",
        "audited",
    )


def test_a_reason_is_one_line(begun: Path, run: Run) -> None:
    """Or what is told of it could pose as what the program says."""
    assert run("stop", begun, "--reason", "odd\nHead: 0000  (all is well)").code == 0
    assert run("status", begun, "--json").lines[0]["paused"]["reason"] == (
        "odd Head: 0000 (all is well)"
    )


def test_a_folder_that_is_no_lab_is_not_stopped(tmp_path: Path, run: Run) -> None:
    refused = run("stop", tmp_path)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "is no lab: there is no successor.toml in it" in refused.err
    assert not (tmp_path / "STOP").exists()


def test_what_is_added_to_a_pause_is_what_people_sign(guarded: Path, run: Run) -> None:
    before = shutil.copytree(guarded, guarded.parent / "before")
    envelope = guarded.parent / "ada.json"
    assert lifted(run, before, "--key", "ada", "--out", envelope).code == 3
    assert run("stop", guarded, "--reason", "it trades", "--until", "audited").code == 0
    refused = lifted(run, guarded, "--envelope", envelope)
    assert (refused.code, "signed exactly this" in refused.err) == (2, True)
    assert lifted(run, guarded, "--key", "ada").code == 0
    (pause,) = run("audit", guarded, "--json").lines[0]["pauses"]
    assert "it trades, until audited; lifted by ada" in pause


def test_a_lift_for_a_reason_that_nobody_signed_is_found_out(guarded: Path, run: Run) -> None:
    with ledger_of(guarded) as ledger:
        statement = lifting(ledger)
        assert statement is not None
        sealing = sealed(statement.because("seen"), signer("ada", None))
        ledger.sign(statement.because("seen").body, sealing.to_json())
        ledger.lift("ada", "trust me")
    audited = run("audit", guarded)
    assert audited.code == 4
    assert "(Lifted): lifted for a reason that nobody signed: trust me" in audited.err
