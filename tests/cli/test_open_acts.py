"""`status` and `review` tell what people have begun to sign, and `lineage` what gave way."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from cli.commands import Run, change
from cli.test_json_docs import assert_fits, documented, has_keys
from successor.ledger import Ledger
from successor.oversight import open_acts

pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture
def of_two(guarded: Path, run: Run) -> Path:
    """Ada and bob both have to sign a promotion; a candidate waits."""
    path = guarded / "policy.toml"
    path.write_text(path.read_text("utf-8").replace("promotion = 1", "promotion = 2"), "utf-8")
    for name in ("ada", "bob"):
        assert run("policy", "sign", guarded, "--key", name).code == 0
    assert run("improve", guarded, "--quiet").code == 3
    return guarded


def acts(lab: Path, run: Run) -> list[dict[str, Any]]:
    """As `status` has them; `review` has the same."""
    (told,) = run("status", lab, "--json").lines
    assert_fits(told, documented("`successor status LAB --json`"))
    (shown,) = run("review", lab, "--json").lines
    assert shown["signatures"] == told["signatures"]
    for each in told["signatures"]:
        beginning = each["told"].partition(" (")[0]  # before a reason, which may be escaped
        assert run("status", lab).out.count(f"to sign      {beginning}") == 1
        assert beginning in run("review", lab).out
    return told["signatures"]


def test_a_promotion_that_one_of_two_signed_is_told_with_who_must_and_why(
    of_two: Path, run: Run
) -> None:
    (before,) = acts(of_two, run)
    assert (before["act"], before["signed"], before["missing"]) == ("promotion", [], 2)
    assert before["others"] == ["ada", "bob"]
    said = "the second\nsays \x1b[31mred"
    assert run("review", of_two, "--accept", "--key", "bob", "--reason", said).code == 3
    (partly,) = acts(of_two, run)
    assert partly["signed"] == [{"name": "bob", "reason": said.replace("\n", " ")}]
    assert (partly["missing"], partly["others"]) == (1, ["ada"])
    for verb in ("status", "review"):
        told = run(verb, of_two).out
        assert "\x1b" not in told
        assert "1 more must, of ada" in told
        assert len([line for line in told.splitlines() if line.startswith("says")]) == 0
    explained = run("policy", "explain", of_two).out
    assert "nobody has" in explained or "1 of 2 signatures, by bob" in explained
    assert run("review", of_two, "--accept", "--key", "ada", "--reason", "fine").code == 0
    assert acts(of_two, run) == []


def test_a_rollback_that_one_of_two_signed_is_told_until_it_is_done(of_two: Path, run: Run) -> None:
    for name in ("ada", "bob"):
        run("review", of_two, "--accept", "--key", name, "--reason", "fine")
    gave_way = run("status", of_two, "--json").lines[0]["incumbent"]
    assert run("rollback", of_two, "--key", "ada", "--reason", "odd").code == 3
    (partly,) = acts(of_two, run)
    first = run("lineage", of_two, "--json").lines[0]["lineage"][0]["version"]
    assert (partly["act"], partly["version"], partly["missing"]) == ("rollback", first, 1)
    assert partly["signed"] == [{"name": "ada", "reason": "odd"}]
    assert run("rollback", of_two, "--key", "bob", "--reason", "too odd").code == 0
    assert acts(of_two, run) == []
    (taking,) = run("lineage", of_two, "--json").lines[0]["rolled_back"]
    names = ("event", "time", "by", "reason", "version", "gave_way", "out_of_charge", "revoked")
    assert has_keys(taking, *names)
    assert (taking["by"], taking["reason"]) == ("ada, bob", "too odd")
    assert taking["out_of_charge"] == taking["revoked"] == [gave_way]
    told = run("lineage", of_two).out
    assert f"out of charge: {gave_way[:8]} (revoked)" in told
    for name in ("ada", "bob"):
        run("rollback", of_two, "--to", gave_way, "--key", name, "--reason", "no")
    past, now = run("lineage", of_two, "--json").lines[0]["rolled_back"]
    assert (past["revoked"], past["out_of_charge"]) == ([], [gave_way])
    assert (now["version"], now["gave_way"], now["out_of_charge"]) == (gave_way, first, [])
    assert f"out of charge: {gave_way[:8]} (in charge again since)" in run("lineage", of_two).out


def test_a_charter_that_one_signed_is_told_as_long_as_the_files_say_it(
    of_two: Path, run: Run
) -> None:
    run("review", of_two, "--reject")
    change(of_two, "generations = 9", "generations = 10")
    assert acts(of_two, run) == [], "nobody has signed it yet; `policy check` says it"
    assert run("policy", "sign", of_two, "--key", "ada").code == 0
    (partly,) = acts(of_two, run)
    assert (partly["act"], partly["missing"], partly["others"]) == ("charter", 1, ["bob"])
    shutil.copytree(of_two / ".successor", (copy := of_two.parent / "copy") / ".successor")
    with Ledger.read(copy / ".successor") as ledger:
        assert [each.act for each in open_acts(ledger)] == ["charter"]
    change(of_two, "generations = 10", "generations = 11")
    assert acts(of_two, run) == [], "what ada signed is asked of nobody any more"
    change(of_two, "generations = 11", "generations = 10")
    assert run("policy", "sign", of_two, "--key", "bob").code == 0
    assert acts(of_two, run) == []


def test_a_pause_waits_for_a_signature(of_two: Path, run: Run) -> None:
    assert run("stop", of_two).code == 0
    (lift, promotion) = acts(of_two, run)
    assert (lift["act"], lift["needed"], lift["others"]) == ("lift", 1, ["ada", "bob"])
    assert promotion["act"] == "promotion"


def test_what_strangers_and_machines_signed_counts_for_nothing(of_two: Path, run: Run) -> None:
    with Ledger.read(of_two / ".successor") as ledger:
        (found,) = open_acts(ledger)
        seed = ledger.seed
    with Ledger.open(of_two / ".successor", settings={}, seed=seed) as ledger:
        for body in (found.statement.body, b'{"charter": {}}', b"[1]", b"\xff", b'{"version": 3}'):
            ledger.sign(body, b'{"payload":"","payloadType":"x","signatures":[]}')
    assert acts(of_two, run)[0]["signed"] == []


def test_a_raise_of_the_stage_is_told(wary_of_two: Path, run: Run) -> None:
    told = {each["act"]: each for each in acts(wary_of_two, run)}
    assert told["raise"]["missing"] == 2
    run("resume", wary_of_two, "--reason", "seen", "--key", "ada")
    told = {each["act"]: each for each in acts(wary_of_two, run)}
    assert told["raise"]["signed"] == [{"name": "ada", "reason": "seen"}]
    assert (told["raise"]["missing"], told["raise"]["others"]) == (1, ["bob"])
    run("resume", wary_of_two, "--reason", "seen too", "--key", "bob")
    assert "raise" not in {each["act"] for each in acts(wary_of_two, run)}


@pytest.fixture
def wary_of_two(lab: Path, run: Run) -> Path:
    """A lab of ada and bob, in which a tripwire has lowered the stage."""
    from cli.test_lowered import JUDGE

    (lab / "wary.py").write_text(JUDGE, encoding="utf-8")
    change(lab, "tiny.py:author", "wary.py:author")
    change(lab, "[base_cases]", '[judge]\nkind = "wary.py:judge"\n[base_cases]')
    run("policy", "init", lab, "ada", "bob", "--stage", "4")
    for name in ("ada", "bob"):
        run("policy", "sign", lab, "--key", name)
    assert run("improve", lab, "--quiet").code == 3
    return lab
