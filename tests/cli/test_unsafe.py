"""Without a sandbox that holds nothing runs, or, when asked for, nothing is promoted, ever."""

from __future__ import annotations

from pathlib import Path

import pytest

import successor
from cli.commands import Run
from improved import TEST_TOTAL, TOTAL, imported, smaller
from successor.errors import SuccessorError
from successor.lab import record_of
from successor.ledger import Judged, Ledger, SandboxOpened, SessionStarted, audit
from successor.sandbox import SandboxError, landlock, open_sandbox
from successor.sandbox import bubblewrap as bubblewrap_tier
from successor.types import Verdict

LAB = smaller('target = "total.py:total"\nsizes = [4]\nexam_items = 4', 2)
PLAIN = TOTAL.replace('@self_improving(goal="smaller")\n', "")
BARRED = "judged in a sandbox that does not hold: rlimits; never promoted"


def nowhere() -> str:
    raise SandboxError("bubblewrap is missing")


def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the kernel nor bubblewrap can keep anything in."""
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setattr(bubblewrap_tier, "binary", nowhere)


@pytest.fixture
def total(tmp_path: Path) -> Path:
    """A lab in which something better is found in seconds."""
    files = {"total.py": PLAIN, "test_total.py": TEST_TOTAL, "successor.toml": LAB}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def better(ledger: Ledger) -> list[Verdict]:
    return [each for each in ledger.verdicts() if each.outcome == "better"]


def test_without_the_flag_it_is_refused_in_a_line_that_names_it(
    total: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    take_away(monkeypatch)
    refused = run("improve", total)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("successor: no adequate sandbox here (kernel: ")
    assert refused.err.endswith("with --unsafe-sandbox it runs all the same, and nothing is "
                                "promoted\n")  # fmt: skip
    assert refused.err.count("\n") == 1


def test_a_weak_tier_that_the_lab_names_needs_the_flag_too(total: Path, run: Run):
    path = total / "successor.toml"
    path.write_text(LAB.replace("[author]", 'tier = "rlimits"\n[author]'), encoding="utf-8")
    refused = run("improve", total, "--quiet")
    assert refused.code == 1
    assert "--unsafe-sandbox" in refused.err
    assert refused.err.count("\n") == 1


def test_what_is_better_is_found_and_never_promoted_not_even_later(
    total: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patched:
        take_away(patched)
        found = run("improve", total, "--unsafe-sandbox")
        assert found.code == 0, found.err
    assert "Sandbox: rlimits, which does not hold" in found.err

    with Ledger.read(record_of(total)) as ledger:
        assert better(ledger)
        first, *rest = ledger.decisions()
        assert first.by == "first version"
        assert not [each for each in rest if each.outcome == "promoted"]
        reasons = {each.candidate: each.reason for each in rest}
        assert all(reasons[each.candidate].startswith(BARRED) for each in better(ledger))
        (opened,) = [entry.event for entry in ledger.entries(SandboxOpened)]
        assert (opened.tier, opened.trusted) == ("rlimits", False)
        (session,) = [entry.event for entry in ledger.entries(SessionStarted)]
        assert session.settings["sandbox"] == {"unsafe": True}
        barred = {each.candidate for each in better(ledger)}

    # Where a sandbox holds, and without the flag: the record knows where the judgement was made.
    open_sandbox().close()
    again = run("improve", total, "--quiet", "--generations", "3")
    assert again.code == 0, again.err
    with Ledger.read(record_of(total)) as ledger:
        assert [e.event.trusted for e in ledger.entries(SandboxOpened)] == [False, True]
        assert "sandbox" not in ledger.entries(SessionStarted)[-1].event.settings
        promoted = {d.candidate for d in ledger.decisions()[1:] if d.outcome == "promoted"}
        assert not promoted & barred
        assert len(ledger.entries(Judged)) > len(rest)
        assert all(ledger.unheld(each) == ("rlimits",) for each in barred)
    assert audit(record_of(total)).problem is None


def test_status_and_report_say_where_it_ran(total: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    take_away(monkeypatch)
    assert run("improve", total, "--unsafe-sandbox", "--generations", "1", "-q").code == 0
    assert "sandbox      rlimits, which does not hold" in run("status", total).out
    (told,) = run("status", total, "--json").lines
    assert (told["sandbox"], told["trusted"]) == ("rlimits", False)
    page = total / "report.html"
    assert run("report", total, "--output", page).code == 0
    assert "sandbox that does not hold (rlimits)" in page.read_text("utf-8")


def test_python_has_the_same_switch(total: Path, monkeypatch: pytest.MonkeyPatch):
    take_away(monkeypatch)
    with (
        successor.load(total) as lab,
        pytest.raises(SuccessorError, match="no adequate sandbox"),
    ):
        successor.improve_self(lab)
    with successor.load(total, unsafe_sandbox=True) as lab:
        first = successor.improve_self(lab)
        assert successor.improve_self(first).version == first.version
        assert better(lab.parts.ledger)


def test_a_decorated_function_stays_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    take_away(monkeypatch)
    (tmp_path / "total.py").write_text(TOTAL, encoding="utf-8")
    with imported(tmp_path) as module:
        with pytest.raises(SuccessorError, match="no adequate sandbox"):
            module.total.improve(budget="1s")
        module.total.improve(budget="2s", unsafe_sandbox=True)
        assert module.total.source == TOTAL


@pytest.mark.parametrize("unsafe", [False, True])
def test_a_session_takes_up_nothing_that_an_unsafe_one_left_unfinished(
    tmp_path: Path, *, unsafe: bool
):
    ledger = Ledger.open(tmp_path, settings={}, seed=1)
    ledger.runs_in(lambda: None, unsafe=True)
    ledger.started()
    ledger._desk().workspace("1-judged").checkpoint(b"evidence")
    ledger.runs_in(lambda: None, unsafe=unsafe)
    assert ledger._desk().workspace("1-judged").resume() == (b"evidence" if unsafe else None)
    ledger.close()


def test_the_doctor_says_what_may_not_vouch(run: Run, monkeypatch: pytest.MonkeyPatch):
    take_away(monkeypatch)
    found = run("doctor")
    assert found.code == 1
    (line,) = [line for line in found.out.splitlines() if line.startswith("rlimits")]
    assert line.endswith("taken with --unsafe-sandbox only, and what is judged in it is never "
                         "promoted")  # fmt: skip
