"""Where people are named, they sign a rollback, and why."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.commands import Run
from successor import director
from successor.director import rolling_back, signatories, taken_in, version_before
from successor.lab import load
from successor.ledger import Ledger, RolledBack
from successor.signing import signer

pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture
def grown(in_force: Path, run: Run) -> Path:
    """Ada accepted a version."""
    assert run("improve", in_force, "--quiet").code == 3
    accept = ("review", in_force, "--accept", "--key", "ada", "--reason", "by the numbers")
    assert run(*accept).code == 0
    return in_force


def test_only_people_roll_back_where_people_sign(grown: Path, run: Run, tmp_path: Path) -> None:
    head = run("audit", grown, "--json").lines[0]["ledger_head"]
    unsigned = run("rollback", grown, "--reason", "wrong")
    assert (unsigned.code, unsigned.err.count("\n")) == (2, 1)
    assert "a rollback here needs a signature, of: ada, bob; give --key NAME" in unsigned.err
    assert run("rollback", grown, "--key", "eve").code == 2
    envelope = tmp_path / "ada.json"
    copy = shutil.copytree(grown, tmp_path / "copy")
    told = ("--reason", "wrong", "--key", "ada", "--out", envelope)
    assert run("rollback", copy, *told).code == 3
    assert run("audit", grown, "--json").lines[0]["ledger_head"] == head
    other = run("rollback", grown, "--envelope", envelope, "--reason", "right")
    assert (other.code, "gives another reason, 'wrong'" in other.err) == (2, True)
    assert run("rollback", grown, "--envelope", envelope).code == 0
    (audited,) = run("audit", grown, "--json").lines
    assert (audited["verified"], audited["signed_rollbacks"]) == (True, 1)
    with Ledger.read(grown / ".successor") as ledger:
        (back,) = ledger.entries(RolledBack)
        gave_way = ledger.decisions()[-1].candidate
    assert (back.event.by, back.event.reason) == ("ada", "wrong")
    explained = run("policy", "explain", grown)
    assert "revoked by the rollback of ada (wrong)" in explained.out
    assert run("rollback", grown, "--to", gave_way, "--key", "bob", "--reason", "no").code == 0
    again = run("rollback", grown, "--envelope", envelope)
    assert again.code == 2, "a signature counts once"
    assert "nobody of this lab's people signed exactly this" in again.err
    assert "Since then" not in run("policy", "explain", grown).out
    assert run("audit", grown, "--json").lines[0]["signed_rollbacks"] == 2


def test_a_rollback_takes_as_many_people_as_a_promotion(guarded: Path, run: Run) -> None:
    path = guarded / "policy.toml"
    path.write_text(path.read_text("utf-8").replace("promotion = 1", "promotion = 2"), "utf-8")
    for name in ("ada", "bob"):
        run("policy", "sign", guarded, "--key", name)
    run("improve", guarded, "--quiet")
    partly = run("review", guarded, "--accept", "--key", "ada", "--reason", "fine")
    assert "1 of 2 signatures, by ada: successor review" in partly.err
    assert run("review", guarded, "--accept", "--key", "bob", "--reason", "fine too").code == 0
    assert run("audit", guarded).code == 0, "each signed for a reason of their own"
    for _ in range(2):
        partly = run("rollback", guarded, "--key", "ada")
        assert (partly.code, "1 of 2 signatures, by ada" in partly.err) == (3, True)
    assert run("rollback", guarded, "--key", "bob", "--reason", "odd").code == 0
    assert run("audit", guarded, "--json").lines[0]["signed_rollbacks"] == 1


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("unsigned", "rolled back without the signature of one of the people"),
        ("other reason", "rolled back for a reason that nobody signed: trust me"),
    ],
)
def test_a_rollback_that_people_did_not_sign_is_found_out(
    grown: Path, run: Run, act: str, told: str
) -> None:
    with load(grown) as lab:
        ledger = lab.parts.ledger
        version = version_before(ledger)
        if act == "other reason":
            statement = rolling_back(ledger, version)
            assert statement is not None
            people = signatories(lab)
            taken_in(ledger, statement.because("wrong"), signer("ada", None), people)
        ledger.roll_back(version, "ada", "trust me")
    audited = run("audit", grown)
    assert (audited.code, told in audited.err) == (4, True)


def test_a_reason_that_nobody_signed_is_found_out(
    in_force: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a program that puts another reason on record than the one that was signed."""
    run("improve", in_force, "--quiet")
    honest = director._backed

    def lying(*given: Any) -> director.Backing:  # noqa: ANN401 - as they come
        return replace(honest(*given), reason="all of us")

    with monkeypatch.context() as patched:
        patched.setattr(director, "_backed", lying)
        assert run("review", in_force, "--accept", "--key", "ada", "--reason", "ok").code == 0
    audited = run("audit", in_force)
    assert audited.code == 4
    assert "promoted for a reason that nobody signed: all of us" in audited.err


def test_a_stranger_who_attests_is_told(grown: Path, run: Run) -> None:
    assert "Warning" not in run("attest", grown, "--key", "ada").err
    warned = run("attest", grown, "--key", "eve")
    assert warned.code == 0
    assert "the key 'eve' is none of this lab's people: ada, bob" in warned.err
