"""Without a sandbox that holds nothing runs, or, when asked for, nothing is promoted, ever."""

from __future__ import annotations

from pathlib import Path

import pytest

import successor
from cli.commands import Run
from improved import TEST_TOTAL, TOTAL, imported
from successor.errors import SuccessorError
from successor.lab import record_of
from successor.ledger import Judged, Ledger, SandboxOpened, SessionStarted, audit
from successor.sandbox import SandboxError
from successor.sandbox import bubblewrap as bubblewrap_tier
from successor.sandbox import landlock, open_sandbox
from successor.types import Verdict

BARRED = "judged in a sandbox that does not hold: rlimits; never promoted"


def nowhere() -> str:
    raise SandboxError("bubblewrap is missing")


def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the kernel nor bubblewrap can keep anything in."""
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setattr(bubblewrap_tier, "binary", nowhere)


@pytest.fixture
def total(tmp_path: Path) -> Path:
    """A function of which something better is found in seconds."""
    for name, text in (("total.py", TOTAL), ("test_total.py", TEST_TOTAL)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def lab_of(total: Path) -> Path:
    return total / ".successor-labs" / "total.total"


def better(ledger: Ledger) -> list[Verdict]:
    return [each for each in ledger.verdicts() if each.outcome == "better"]


def test_without_the_flag_it_is_refused_in_a_line_that_names_it(
    total: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    take_away(monkeypatch)
    refused = run("improve", f"{total / 'total.py'}:total")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("successor: no adequate sandbox here (kernel: ")
    assert refused.err.endswith("with --unsafe-sandbox it runs all the same, and nothing is "
                                "promoted\n")  # fmt: skip
    assert refused.err.count("\n") == 1


def test_a_weak_tier_that_the_lab_names_needs_the_flag_too(total: Path, run: Run):
    name = f"{total / 'total.py'}:total"
    assert run("improve", name, "--quiet", "--generations", "1").code == 0
    path = lab_of(total) / "successor.toml"
    path.write_text(path.read_text("utf-8").replace("[author]", 'tier = "rlimits"\n[author]'))
    (lab_of(total) / ".successor").rename(total / "aside")
    refused = run("improve", lab_of(total), "--quiet")
    assert refused.code == 1
    assert "--unsafe-sandbox" in refused.err
    assert refused.err.count("\n") == 1


def test_what_is_better_is_found_and_never_promoted_not_even_later(
    total: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    name = f"{total / 'total.py'}:total"
    with monkeypatch.context() as patched:
        take_away(patched)
        found = run("improve", name, "--goal", "smaller", "--unsafe-sandbox", "--generations", "2")
        assert found.code == 0, found.err
    assert "Sandbox: rlimits, which does not hold" in found.err
    assert "What was better ran in a sandbox that does not hold" in found.err

    with Ledger.read(record_of(lab_of(total))) as ledger:
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
    again = run("improve", name, "--quiet", "--generations", "3")
    assert again.code == 0, again.err
    with Ledger.read(record_of(lab_of(total))) as ledger:
        assert [e.event.trusted for e in ledger.entries(SandboxOpened)] == [False, True]
        assert "sandbox" not in ledger.entries(SessionStarted)[-1].event.settings
        promoted = {d.candidate for d in ledger.decisions()[1:] if d.outcome == "promoted"}
        assert not promoted & barred
        assert len(ledger.entries(Judged)) > len(rest)
        assert all(ledger.unheld(each) == ("rlimits",) for each in barred)
    assert audit(record_of(lab_of(total))).problem is None
    assert (total / "total.py").read_text("utf-8") == TOTAL


def test_status_and_report_say_where_it_ran(total: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    take_away(monkeypatch)
    name = f"{total / 'total.py'}:total"
    assert run("improve", name, "--unsafe-sandbox", "--generations", "1", "-q").code == 0
    assert "sandbox      rlimits, which does not hold" in run("status", name).out
    (told,) = run("status", name, "--json").lines
    assert (told["sandbox"], told["trusted"]) == ("rlimits", False)
    page = total / "report.html"
    assert run("report", name, "--output", page).code == 0
    assert "sandbox that does not hold (rlimits)" in page.read_text("utf-8")


def test_python_has_the_same_switch(total: Path, monkeypatch: pytest.MonkeyPatch):
    take_away(monkeypatch)
    with imported(total) as module:
        with pytest.raises(SuccessorError, match="no adequate sandbox"):
            module.total.improve(budget="20s")
        stop = module.total.improve(budget="20s", fresh=True, unsafe_sandbox=True)
        assert stop.base_case in {"wall_clock", "plateau"}
        assert module.total.source == TOTAL
    with Ledger.read(record_of(lab_of(total))) as ledger:
        assert better(ledger)
    with (
        successor.load(lab_of(total)) as lab,
        pytest.raises(SuccessorError, match="no adequate sandbox"),
    ):
        lab.parts.subject.report()  # type: ignore[attr-defined] - a program's
    with successor.load(lab_of(total), unsafe_sandbox=True) as lab:
        assert lab.parts.subject.report()  # type: ignore[attr-defined] - a program's


def test_the_doctor_says_what_may_not_vouch(run: Run, monkeypatch: pytest.MonkeyPatch):
    take_away(monkeypatch)
    found = run("doctor")
    assert found.code == 1
    (line,) = [line for line in found.out.splitlines() if line.startswith("rlimits")]
    assert line.endswith("taken with --unsafe-sandbox only, and what is judged in it is never "
                         "promoted")  # fmt: skip
