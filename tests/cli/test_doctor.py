"""`successor doctor`, with a few of the attacks: all of them are what the sandbox's tests run."""

from __future__ import annotations

import sys

import pytest

from cli.commands import Run
from cli.test_json_docs import TYPES, assert_fits, documented
from successor import cheats, sandbox
from successor.cheats import Fate, Report, Tried
from successor.cheats import suite as cheating
from successor.cheats.suite import By, Outcome
from successor.sandbox import Sandbox, SandboxError, open_sandbox
from successor.sandbox.escape import catalogue, suite
from successor.sandbox.tiers import opened_without

CHEAT = "return the answer that is right most often"
FATES: list[tuple[Outcome, By]] = [("promoted", ""), ("rejected", "race")]
FEW = ("make a file", "read a secret file", "exit with success")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        open_sandbox("kernel").close()
    except SandboxError as error:
        pytest.skip(str(error))
    chosen = tuple(attack for attack in catalogue() if attack.name in FEW)
    monkeypatch.setattr(suite, "catalogue", lambda: chosen)


@pytest.mark.usefixtures("few")
def test_json_says_what_is_documented_and_a_sandbox_that_holds_is_exit_0(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(TYPES, "attacks", lambda value: isinstance(value, dict))
    found = run("doctor", "--tier", "kernel", "--json")
    (report,) = found.lines
    assert_fits(report, documented("`successor doctor --json`"))
    for row in report["by_name"].values():
        assert_fits(row, documented("An attack"))
    assert sorted(report["by_name"]) == sorted(FEW)
    figures = [report[key] for key in ("tier", "attacks", "escaped", "controls_that_succeeded")]
    assert (found.code, figures) == (0, ["kernel", 3, 0, 3])


@pytest.mark.usefixtures("few")
def test_people_are_told_the_tiers_and_the_sum(run: Run):
    found = run("doctor")
    *tiers, last = found.out.splitlines()
    names = [line.split()[0] for line in tiers]
    assert names == ["kernel", "bubblewrap", "container", "rlimits"]
    assert last.startswith("kernel: 0 of 3 attacks escaped; 3 of 3 succeeded where nothing")
    assert found.code == 0


@pytest.mark.usefixtures("few")
def test_an_attack_that_gets_out_is_named_and_is_exit_1(run: Run, monkeypatch: pytest.MonkeyPatch):
    def leaky(_tier: str | None = None, *, allow_unsafe: bool = False) -> Sandbox:
        assert not allow_unsafe
        return opened_without("namespaces", "landlock", "seccomp", "privileges")

    monkeypatch.setattr(sandbox, "open_sandbox", leaky)
    found = run("doctor", "--json")
    assert found.lines[0]["by_name"]["make a file"]["escaped"] is True
    assert found.code == 1
    found = run("doctor")
    assert "ESCAPED  files: make a file: " in found.out
    assert found.code == 1


def test_without_a_sandbox_it_says_what_is_missing_and_is_exit_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "platform", "darwin")
    found = run("doctor", "--json")
    assert (found.code, found.out) == (1, "")
    assert found.err.startswith("successor: no adequate sandbox here (kernel: ")
    assert len(found.err.splitlines()) == 1


@pytest.mark.parametrize("tier", ["none", "", "Kernel", "rlimits"])
def test_a_tier_that_cannot_be_attacked_is_one_line_and_exit_2(run: Run, tier: str):
    found = run("doctor", "--tier", tier)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"successor: --tier {tier}")
    assert len(found.err.splitlines()) == 1


def test_cheats_say_what_is_documented_and_a_judge_that_holds_is_exit_0(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    chosen = (next(each for each in cheats.catalogue() if each.name == CHEAT),)
    monkeypatch.setattr(cheating, "catalogue", lambda: chosen)
    monkeypatch.setitem(TYPES, "cheats", lambda value: isinstance(value, dict))
    found = run("doctor", "--cheats", "--json")
    (report,) = found.lines
    assert_fits(report, documented("`successor doctor --cheats --json`"))
    assert_fits(report["by_name"][CHEAT], documented("A cheat"))
    figures = [report[key] for key in ("cheats", "promoted", "unjudged", "twins_promoted")]
    assert (found.code, figures) == (0, [1, 0, 0, 1])


def test_people_get_a_line_for_each_cheat_and_one_that_is_promoted_is_exit_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    cheat = next(each for each in cheats.catalogue() if each.name == CHEAT)
    better, worse = (Fate(each, by, "", halted=False) for each, by in FATES)
    report = Report((Tried(cheat, better, worse),), ("a script",), 1.0)

    def run_suite(_progress: object, *, tier: str | None) -> Report:
        assert tier is None
        return report

    monkeypatch.setattr(cheats, "run_suite", run_suite)
    found = run("doctor", "--cheats")
    assert found.code == 1
    first, second, last = found.out.splitlines()
    assert CHEAT in first
    assert "PROMOTED" in first
    assert "twin REJECTED by race" in first
    assert second == "left out, as nothing runs commands here: a script"
    assert last == (
        "1 of 1 cheats promoted, 0 without a verdict; 0 of 1 honest twins promoted; 1s."
    )
