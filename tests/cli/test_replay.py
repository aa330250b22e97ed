"""What was judged is judged again from the record alone, on a copy, by somebody else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import cast

import pytest

from cli.commands import Run, change, make_lab
from successor import replaying
from successor.errors import RecordError
from successor.ledger import BOUND, Ledger, SessionStarted
from successor.ledger.objects import ObjectStore

JUDGE = """
import os
from successor.judge.paired import paired
from dataclasses import replace

class Moody:
    def __init__(self, judge):
        self.inner = judge

    def judge(self, *given):
        verdict = self.inner.judge(*given)
        return replace(verdict, outcome="unclear") if os.environ.get("MOOD") else verdict

def judge(settings, subject):
    return Moody(paired(settings, subject))
"""


@pytest.fixture
def copied(lab: Path, run: Run, tmp_path: Path) -> Path:
    """The record of a lab elsewhere, with nothing else of it."""
    assert run("improve", lab, "--quiet").code == 0
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(lab / ".successor", elsewhere / ".successor")
    shutil.rmtree(lab)
    return elsewhere


def kept(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_copy_of_the_record_alone_judges_the_same_in_every_figure(copied: Path, run: Run):
    before = kept(copied)
    found = run("replay", copied, "--json")
    assert found.code == 0
    (fields,) = found.lines
    assert (fields["outcome"], fields["outcome_then"]) == ("better", "better")
    assert fields["e_value"] == fields["e_value_then"] >= fields["threshold"]
    assert fields["items"] == fields["items_then"] > 0
    assert (fields["identical"], fields["same_kernel"]) == (True, True)
    assert kept(copied) == before, "nothing is written"
    told = run("replay", copied)
    assert told.out.splitlines()[-1] == "The same in every figure."
    assert told.err == "", "no bar where nobody sees it"


def test_every_promotion_is_judged_by_what_was_known_then(copied: Path, run: Run):
    line = run("lineage", copied, "--json").lines[0]["lineage"]
    thresholds = list[float]()
    for row in line[1:]:
        (fields,) = run("replay", copied, row["version"][:12], "--json").lines
        assert (fields["generation"], fields["identical"]) == (row["generation"], True)
        thresholds.append(fields["threshold"])
    assert thresholds == sorted(set(thresholds)), "the budget of errors that was left then"


def test_another_verdict_now_is_told_and_exits_with_1(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    lab = make_lab(tmp_path / "moody")
    (lab / "judge.py").write_text(JUDGE, encoding="utf-8")
    change(lab, "[base_cases]", '[judge]\nkind = "judge.py:judge"\n[base_cases]')
    assert run("improve", lab, "--quiet").code == 0
    assert run("replay", lab).code == 0
    monkeypatch.setenv("MOOD", "bad")
    found = run("replay", lab)
    assert found.code == 1
    assert found.out.splitlines()[-1] == "Another verdict."


def test_a_version_that_was_never_judged_and_one_that_is_not_there(copied: Path, run: Run):
    first = run("lineage", copied, "--json").lines[0]["lineage"][0]["version"]
    never = run("replay", copied, first)
    assert (never.code, "was never judged" in never.err) == (2, True)
    words = never.err.partition("One that was: successor ")[2].split()
    assert run(*words).code == 0
    assert run("replay", copied, "zz").code == 2
    assert run("replay", copied / "nowhere").code == 2


def test_without_a_file_that_judging_rests_on_the_record_does_not_verify(copied: Path, run: Run):
    (session, *_) = Ledger.read(copied / ".successor").entries(SessionStarted)
    (digest,) = cast("dict[str, str]", session.event.settings[BOUND]).values()
    (copied / ".successor/objects" / digest[:2] / digest[2:]).unlink()
    for verb in ("replay", "audit"):
        found = run(verb, copied)
        assert found.code == 4
        assert f"object {digest} is missing; event 1 (SessionStarted) names it" in found.err


@pytest.mark.parametrize("path", ["../out.py", "/out.py", "a/../../out.py"])
def test_no_file_lands_outside_of_where_it_is_judged(tmp_path: Path, path: str):
    with pytest.raises(RecordError, match="no file of the lab's folder"):
        replaying.restore(tmp_path / "inner", path, b"", tmp_path)
    assert not [*tmp_path.rglob("*.py")]


def test_a_kill_before_those_files_are_in_the_store_leaves_a_record_that_goes_on(
    lab: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ObjectStore, "write", killed)
        assert run("improve", lab, "--quiet").code == 130
    assert Ledger.read(lab / ".successor").entries(SessionStarted)
    assert run("audit", lab).code == 0
    assert run("improve", lab, "--quiet").code == 0
    assert run("audit", lab).code == 0
    assert run("replay", lab).code == 0
