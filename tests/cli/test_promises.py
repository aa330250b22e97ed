"""The promises, tried on a lab; each trial is seen to find one that is broken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli.commands import Run, change, make_lab
from cli.test_json_docs import assert_fits, documented
from cli.test_replay import JUDGE, kept
from successor.cheats.catalogue import catalogue
from successor.ledger import AuditReport, Head, audit
from successor.promises import PROMISES, Kept, installation, tampering, the_lab, try_promises

ROOT = Path(__file__).parents[2]


@pytest.fixture
def improved(lab: Path, run: Run) -> Path:
    assert run("improve", lab, "--quiet").code == 0
    return lab


def test_there_are_ten_each_with_tests_that_are_there():
    assert [each.number for each in PROMISES] == [*range(1, 11)]
    for each in PROMISES:
        assert all((ROOT / path).is_file() for path in each.tests.split(", ")), each


def test_without_a_lab_what_is_tried_on_one_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    quick = [each for each in PROMISES if each.of_lab]
    monkeypatch.setattr("successor.promises.trial.PROMISES", tuple(quick))
    told = list[str]()

    def tell(done: float, total: float, name: str) -> None:
        assert 0 <= done < total
        told.append(name)

    found = [*try_promises(None, tell)]
    assert {kept.state for _, kept in found} == {"not shown"}
    assert told == [each.name for each in quick]


def nobody(done: float, total: float, what: str) -> None:
    """Nobody looks."""


def test_a_long_promise_tells_how_far_it_is(improved: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("successor.promises.trial.PROMISES", (PROMISES[2], PROMISES[6]))
    told = list[tuple[float, str]]()
    assert len([*try_promises(improved, lambda done, _, what: told.append((done, what)))]) == 2
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert max(shares) < 2, "done is told when it is"
    within = [what for done, what in told if 0 < done < 1]
    assert len(within) == tampering.ATTEMPTS - 1
    assert within[-1] == f"{PROMISES[2].name}: 59 of 60 changes"
    assert len({done for done in shares if 1 < done < 2}) == the_lab.AGAIN - 1


def test_what_is_printed_is_what_is_documented(
    improved: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    few = tuple(each for each in PROMISES if each.number in {1, 3, 8})
    monkeypatch.setattr("successor.promises.trial.PROMISES", few)
    found = run("doctor", improved, "--promises", "--json")
    assert found.code == 0
    (told,) = found.lines
    assert list(told) == [*documented("`successor doctor --promises --json`")]
    for row in told["promises"]:
        assert_fits(row, documented("A promise"))
    assert [row["state"] for row in told["promises"]] == ["not shown", "kept", "kept"]
    text = run("doctor", improved, "--promises")
    assert [line.rpartition(":")[2] for line in text.err.splitlines()] == [" trying"] * 3
    assert text.err.splitlines()[1] == " 3 The record can't be rewritten unnoticed: trying"
    lines = text.out.splitlines()
    assert lines[2] == " 3 The record can't be rewritten unnoticed: kept"
    (improved / ".successor/head").unlink()
    assert run("doctor", improved, "--promises").code == 4, "told before it is tried"
    assert run("doctor", improved).code == 2


def test_what_takes_minutes_says_so_when_it_begins(run: Run, monkeypatch: pytest.MonkeyPatch):
    def no_cheats(_: Path, __: object) -> Kept:
        return Kept("kept", "none")

    quick = tuple(replace(each, attempt=no_cheats) for each in PROMISES if each.number == 5)
    monkeypatch.setattr("successor.promises.trial.PROMISES", quick)
    told = run("doctor", "--promises", "--json").err
    assert (
        told
        == f" 5 Cheating does not pay: trying {2 * len(catalogue())} candidates, some minutes\n"
    )


def test_every_change_to_a_record_is_found_and_the_lab_stays_as_it_was(improved: Path):
    before = kept(improved)
    found = tampering.try_record(improved, nobody)
    assert (found.state, found.broken) == ("kept", 0), found
    assert found.tried > 50
    assert all(name in found.figure for name, _ in tampering.CHANGES)
    assert kept(improved) == before


def test_a_blind_audit_is_found_out(improved: Path, monkeypatch: pytest.MonkeyPatch):
    blind = AuditReport(1, 0, Head(1, "0" * 64), None)

    def seen(record: Path) -> AuditReport:
        assert record.is_dir()
        return blind

    monkeypatch.setattr(tampering, "audit", seen)
    found = tampering.try_record(improved, nobody)
    assert found.state == "broken"
    assert found.broken == found.tried > 50


def test_a_record_that_does_not_verify_is_no_kept_promise(improved: Path):
    (improved / ".successor/head").unlink()
    assert audit(improved / ".successor").problem is not None
    assert tampering.try_record(improved, nobody).state == "broken"


def test_the_version_in_charge_is_not_better_than_itself(improved: Path):
    found = the_lab.try_nothing_new(improved, nobody)
    assert (found.state, found.tried, found.broken) == ("kept", the_lab.AGAIN, 0)


def test_a_judge_that_finds_everything_better_is_found_out(
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
):
    moody = make_lab(tmp_path / "moody")
    (moody / "judge.py").write_text(JUDGE.replace('"unclear"', '"better"'), encoding="utf-8")
    change(moody, "[base_cases]", '[judge]\nkind = "judge.py:judge"\n[base_cases]')
    assert run("improve", moody, "--quiet").code == 0
    assert the_lab.try_nothing_new(moody, nobody).state == "kept"
    monkeypatch.setenv("MOOD", "bad")
    assert the_lab.try_nothing_new(moody, nobody).broken == the_lab.AGAIN


def test_the_last_promotion_is_judged_again(improved: Path):
    found = the_lab.try_replaying(improved, nobody)
    assert (found.state, found.tried) == ("kept", 1)
    assert "as then, in every figure" in found.figure


def test_a_lab_that_nobody_signed_shows_nothing_about_signatures(improved: Path):
    assert the_lab.try_signatures(improved, nobody).state == "not shown"
    assert the_lab.try_charters(improved, nobody).state == "not shown"


def test_signatures_and_charters_of_a_lab_with_people(
    improved: Path,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("ada", "bob"):
        assert run("keys", "new", name, "--no-passphrase").code == 0
    assert run("policy", "init", improved, "ada", "bob").code == 0
    for name in ("ada", "bob"):
        run("policy", "sign", improved, "--key", name)
    found = the_lab.try_signatures(improved, nobody)
    assert (found.state, found.broken) == ("kept", 0)
    assert found.tried > 500, "every byte under two signatures"
    found = the_lab.try_charters(improved, nobody)
    assert (found.state, found.tried) == ("kept", 1)
    assert "the last asks 2 people" in found.figure

    def anybody(*_: object) -> list[str]:
        return ["whoever"]

    monkeypatch.setattr(the_lab, "signers_of", anybody)
    assert the_lab.try_signatures(improved, nobody).state == "broken"


def test_a_run_of_a_copy_is_stopped_and_the_lab_is_not(improved: Path):
    change(improved, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 20.0')
    before = kept(improved)
    found = the_lab.try_stopping(improved, nobody)
    assert found.state == "kept", found
    assert kept(improved) == before


def test_a_run_that_heeds_no_stop_is_found_out(improved: Path, monkeypatch: pytest.MonkeyPatch):
    change(improved, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 4.0')
    monkeypatch.setattr(the_lab, "STOPS_S", 0.3)  # a tenth of what is waited for
    monkeypatch.setattr(the_lab.stopfile, "NAME", "STOP-is-not-heeded")
    assert the_lab.try_stopping(improved, nobody).state == "broken"


def test_a_sign_that_nobody_sees_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    found = installation.try_showing(tmp_path, nobody)
    assert (found.state, found.broken) == ("kept", 0)
    assert found.tried > 200
    assert found.figure.endswith(installation.NO_DRILL)
    (tmp_path / "successor").mkdir()
    (tmp_path / "successor/drills.jsonl").write_text("half a li", encoding="utf-8")
    assert "no result of a drill" in installation.try_showing(tmp_path, nobody).figure

    def careless(line: str) -> str:
        return line.replace("\u202e", "?")

    monkeypatch.setattr(installation, "visible", careless)
    assert installation.try_showing(tmp_path, nobody).broken == found.tried - 1


def test_a_promise_that_is_broken_says_which_and_how_it_is_tried_alone(
    improved: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):

    def blind(_: Path) -> AuditReport:
        return AuditReport(1, 0, Head(1, "0" * 64), None)

    monkeypatch.setattr(tampering, "audit", blind)
    found = run("doctor", improved, "--promises", "--only", "3")
    assert found.code == 1
    (first, _, last) = found.out.splitlines()
    assert first == " 3 The record can't be rewritten unnoticed: broken"
    again = f"successor doctor --promises --only 3 {improved}"
    assert last == f"   alone: {again}; its tests: {PROMISES[2].tests}"
    monkeypatch.undo()
    (told,) = run(*again.split()[1:], "--json").lines
    assert [(row["number"], row["state"]) for row in told["promises"]] == [(3, "kept")]
    assert told["promises"][0]["again"] == again
    assert run("doctor", "--only", "3").code == 2


def test_what_went_wrong_is_named():
    assert installation.named("escaped", ()) == ""
    assert installation.named("escaped", ("fork", "mount")) == "; escaped: fork, mount"
    assert installation.named("x", "abcdefgh").endswith(": a, b, c, d, e and 3 more")
