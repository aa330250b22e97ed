"""`successor doctor`, with a few of the attacks: all of them are what the sandbox's tests run."""

from __future__ import annotations

import sys
from functools import partial

import pytest

from cli.commands import Run
from cli.test_json_docs import TYPES, assert_fits, documented
from successor import sandbox
from successor.sandbox import Sandbox, SandboxError, open_sandbox
from successor.sandbox.escape import catalogue, suite
from successor.sandbox.tiers import opened_without

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
    layers = ("namespaces", "landlock", "seccomp", "privileges")
    leaky = partial(opened_without, *layers)

    def opened(_tier: str | None = None) -> Sandbox:
        return leaky()

    monkeypatch.setattr(sandbox, "open_sandbox", opened)
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
