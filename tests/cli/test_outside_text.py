"""What is not UTF-8 comes in from outside: a pause is on record all the same, nothing else is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cli.commands import Run
from successor.director import review
from successor.errors import SuccessorError, UsageError
from successor.lab import open_lab
from successor.ledger import Ledger, Paused
from successor.ledger.codec import encode, version_id
from successor.ledger.events import Lifted
from successor.oversight import stopfile
from successor.pausing import resume, stop
from successor.signing import Envelope, Statement, public_keys, sealed, signer

HALF = "\ud800"
BYTE = os.fsdecode(b"x\xff")


@pytest.fixture
def begun(lab: Path, run: Run) -> Path:
    assert run("improve", lab, "--quiet", "--generations", "1").code == 0
    return lab


def pauses(lab: Path) -> list[Paused]:
    with Ledger.read(lab / ".successor") as ledger:
        return [each.event for each in ledger.entries(Paused)]


@pytest.mark.parametrize("place", ["STOP", ".successor/stop"])
def test_a_stop_goes_on_record_whatever_is_in_it(begun: Path, run: Run, place: str) -> None:
    told = {"reason": f"a{HALF}b", "condition": HALF, "by": f"{HALF}{BYTE}"}
    (begun / place).write_text(json.dumps(told), "ascii")
    assert run("improve", begun, "--quiet").code == 3
    assert pauses(begun) == [Paused("file", "a\ufffdb", "\ufffd", "\ufffdx\ufffd")]
    assert run("stop", begun, "--reason", "more").code == 0
    assert "more" in pauses(begun)[-1].reason
    assert run("resume", begun, "--reason", "ok").code == 0
    assert run("audit", begun).code == 0


def test_a_sign_of_life_goes_on_record_whoever_is_said_to_have_shown_it(
    begun: Path, run: Run
) -> None:
    stopfile.show_life(begun / ".successor", HALF)
    assert run("stop", begun).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("stop", "LAB", "--reason", BYTE),
        ("stop", "LAB", "--until", BYTE),
        ("resume", "LAB", "--reason", BYTE),
        ("resume", "LAB", "--reason", "ok", "--key", BYTE),
        ("review", "LAB", "--accept", "--reason", BYTE),
        ("review", "LAB", BYTE, "--accept"),
        ("rollback", "LAB", "--reason", BYTE),
        ("rollback", "LAB", "--to", BYTE),
        ("improve", "LAB", "--goal", BYTE),
        ("improve", "LAB", "--strategy", BYTE),
        ("improve", "LAB", "--author", f"command: {BYTE}"),
        ("keys", "new", BYTE),
        ("policy", "init", "LAB", BYTE),
    ],
    ids=lambda told: " ".join(told[:1] + tuple(each for each in told if each[:2] == "--")),
)
def test_options_that_are_not_utf8_are_refused_in_a_line(
    begun: Path, run: Run, arguments: tuple[str, ...]
) -> None:
    told = run(*(str(begun) if each == "LAB" else each for each in arguments))
    assert told.code == 2
    first, *rest = told.err.splitlines()
    assert "is not UTF-8" in first
    assert len(rest) <= 1
    assert not (begun / "STOP").exists()


def test_python_writes_none_either(begun: Path) -> None:
    found = stop(begun, f"a{HALF}", f"b{BYTE}")
    assert (found.pause.reason, found.pause.condition) == ("a\ufffd", "bx\ufffd")
    with pytest.raises(UsageError, match="is not UTF-8"):
        resume(begun, HALF)
    assert stopfile.asked(begun / ".successor"), "it is not lifted by half"
    resume(begun, "ok")
    refused = pytest.raises(UsageError, match="is not UTF-8")
    with open_lab(begun, to_write=False) as lab, refused:
        review(lab, "later", HALF)


def test_the_ledger_says_where_it_is() -> None:
    with pytest.raises(SuccessorError, match=r"Lifted\.by is '.ud800': only UTF-8"):
        encode(Lifted(HALF, ""), 0.0)
    with pytest.raises(SuccessorError, match="only UTF-8"):
        version_id({HALF: "0" * 64}, (), "author")


@pytest.mark.usefixtures("keys")
def test_a_reason_that_nobody_can_sign_is_none(in_force: Path, run: Run) -> None:
    assert run("stop", in_force).code == 0
    forged = Statement("x", json.dumps({"reason": HALF}).encode())
    assert forged.reason is None
    assert forged.bare == Statement("x", b"{}")
    with pytest.raises(UsageError, match="is not UTF-8"):
        forged.because(HALF)
    envelope = in_force / "forged.json"
    envelope.write_bytes(sealed(forged, signer("ada", None)).to_json())
    told = run("resume", in_force, "--envelope", envelope)
    assert (told.code, len(told.err.splitlines())) == (2, 1)
    with Ledger.open(in_force / ".successor", settings={}, seed=1) as ledger:
        ledger.sign(forged.body, Envelope.from_json(envelope.read_bytes()).to_json())
    assert run("status", in_force).code == 0
    assert public_keys()["ada"]
