"""A tripwire lowers the stage at once; people raise it again, and nothing else does."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import cast

import pytest

from cli.commands import Run, change
from cli.test_json_docs import assert_fits, documented
from successor.cheats import catalogue
from successor.cheats.author import KIND
from successor.lab import load
from successor.lab import run as improve
from successor.ledger import Decided, Entry, Event, Ledger, Lowered, Progress, Restored

pytestmark = pytest.mark.usefixtures("keys")

JUDGE = """
import os
from dataclasses import replace
from successor.judge.paired import paired
from successor.types import Draft

class Wary:
    def __init__(self, judge):
        self.inner = judge

    def judge(self, candidate, incumbent, record, seed, work):
        verdict = self.inner.judge(candidate, incumbent, record, seed, work)
        suspects = os.environ.get("SUSPECTS", "1").split()
        number = str(len(record.verdicts()) + 1)
        return replace(verdict, tripwires=("keeps results",) if number in suspects else ())

def judge(settings, subject):
    return Wary(paired(settings, subject))

class Counting:
    name = "counting"

    def write(self, brief, work):
        if len(brief.tried) > 1:
            return None
        ability = int(work.read(brief.lineage[-1].files["ability"])) * 2 + len(brief.tried)
        return Draft({"ability": work.write(str(ability).encode())})

def author(settings, subject):
    return Counting()
"""
"""Finds something to the first candidate, or to those of these numbers."""


@pytest.fixture
def wary(lab: Path) -> Path:
    """A lab at stage 4 whose first candidate sets off a tripwire."""
    (lab / "wary.py").write_text(JUDGE, encoding="utf-8")
    change(lab, "tiny.py:author", "wary.py:author")
    change(lab, "[base_cases]", '[judge]\nkind = "wary.py:judge"\n[base_cases]')
    return lab


def outcomes(lab: Path) -> list[str]:
    with Ledger.read(lab / ".successor") as ledger:
        return [each.outcome for each in ledger.decisions()][1:]


def test_after_a_tripwire_a_person_decides_until_people_raise_the_stage(
    wary: Path, run: Run
) -> None:
    ran = run("improve", wary)
    assert ran.code == 3
    assert "A candidate waits: better, and a tripwire lowered stage 4 to 3" in ran.err
    assert outcomes(wary) == ["quarantined", "waiting"]
    assert run("improve", wary, "--quiet", "--stage", "4").code == 3, "in a later run, too"
    (told,) = run("status", wary, "--json").lines
    assert_fits(told, documented("`successor status LAB --json`"))
    assert told["stage"] == 3
    assert "keeps results" in told["lowered"]["reason"]
    assert "3 (autonomous) at most, since a tripwire: " in run("status", wary).out
    assert "Stage        3 (autonomous) at most" in run("review", wary).out
    assert "keeps results" in run("review", wary, "--json").lines[0]["lowered"]
    explained = run("policy", "explain", wary)
    assert "decided      lowered      a tripwire lowered stage 4 to 3" in explained.out
    assert run("review", wary, "--accept").code == 0
    assert run("improve", wary, "--quiet").code == 3, "an accepted version raises nothing"
    raised = run("resume", wary, "--reason", "a false alarm")
    assert (raised.code, "The stage is raised again by" in raised.out) == (0, True)
    (told,) = run("status", wary, "--json").lines
    assert (told["stage"], told["lowered"]) == (4, None)
    assert run("improve", wary, "--quiet").code == 0
    assert outcomes(wary)[-2:] == ["waiting", "promoted"]
    assert run("audit", wary).code == 0
    assert run("resume", wary, "--reason", "again").code == 2


def test_two_people_raise_it_where_people_are_named(
    wary: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUSPECTS", "1 3")
    run("policy", "init", wary, "ada", "bob", "--stage", "4")
    for name in ("ada", "bob"):
        assert run("policy", "sign", wary, "--key", name).code == 0
    assert run("improve", wary, "--quiet").code == 3
    unsigned = run("resume", wary, "--reason", "x")
    assert (unsigned.code, unsigned.err.count("\n")) == (2, 1)
    assert "needs signatures of 2 people, of: ada, bob; give --key NAME" in unsigned.err
    for _ in range(2):
        alone = run("resume", wary, "--reason", "x", "--key", "ada")
        assert (alone.code, "1 of 2 signatures, by ada" in alone.err) == (3, True)
    assert run("review", wary, "--accept").code == 2, "a promotion is signed again, too"
    assert run("review", wary, "--accept", "--key", "bob").code == 0
    assert run("improve", wary, "--quiet").code == 3
    assert outcomes(wary) == ["quarantined", "waiting", "promoted", "quarantined", "waiting"]
    alone = run("resume", wary, "--reason", "y", "--key", "bob")
    assert "1 of 2 signatures, by bob" in alone.err, "ada signed for the tripwire before"
    assert run("resume", wary, "--reason", "z", "--key", "ada").code == 0
    assert run("improve", wary, "--quiet").code == 0
    (audited,) = run("audit", wary, "--json").lines
    assert (audited["verified"], audited["signed_promotions"]) == (True, 1)
    with Ledger.read(wary / ".successor") as ledger:
        (restored,) = ledger.entries(Restored)
    assert (restored.event.by, restored.event.reason) == ("ada, bob", "z")


@pytest.mark.parametrize("last", [Lowered, Decided], ids=["before", "after"])
def test_no_kill_comes_between_a_tripwire_and_what_it_does(
    wary: Path, run: Run, last: type[Event]
) -> None:
    """Killed as soon as this much is on record."""
    if (child := os.fork()) == 0:
        try:
            improve_until(wary, last)
        finally:
            os._exit(1)  # whatever went wrong, no second pytest goes on from here
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    with Ledger.read(wary / ".successor") as ledger:
        assert ledger.lowered() is not None
        assert isinstance(ledger.entries()[-1].event, last)
    assert run("improve", wary, "--quiet").code == 3
    assert outcomes(wary) == ["quarantined", "waiting"]
    with Ledger.read(wary / ".successor") as ledger:
        assert len(ledger.entries(Lowered)) == 1, "one tripwire, once"
    assert run("audit", wary).code == 0


def improve_until(lab: Path, last: type[Event]) -> None:
    """Kills itself."""

    def hear(news: Entry[Event] | Progress) -> None:
        if isinstance(news, Entry) and isinstance(news.event, last) and _trips(news.event):
            os.kill(os.getpid(), signal.SIGKILL)

    with load(lab) as opened:
        opened.parts.ledger.listen(hear)
        improve(opened)


def _trips(event: Event) -> bool:
    quarantines = isinstance(event, Decided) and event.decision.outcome == "quarantined"
    return quarantines or isinstance(event, Lowered)


@pytest.mark.parametrize("people", [True, False], ids=["people", "nobody"])
def test_a_policy_that_promotes_after_a_tripwire_is_found_out(
    wary: Path, run: Run, monkeypatch: pytest.MonkeyPatch, *, people: bool
) -> None:
    """As by a program that heeds no tripwire."""
    if people:
        run("policy", "init", wary, "ada", "--stage", "4")
        run("policy", "sign", wary, "--key", "ada")
    with monkeypatch.context() as heedless:
        heedless.setattr(Ledger, "lowered", _nothing)
        assert run("improve", wary, "--quiet").code == 0
    audited = run("audit", wary)
    assert audited.code == 4
    assert "(Decided): promoted by nobody, after a tripwire (event " in audited.err


def _nothing(_: Ledger) -> None:
    """Lowered by nothing."""


def test_a_raise_that_people_did_not_sign_is_found_out(wary: Path, run: Run) -> None:
    run("policy", "init", wary, "ada", "bob", "--stage", "4")
    for name in ("ada", "bob"):
        run("policy", "sign", wary, "--key", name)
    run("improve", wary, "--quiet")
    run("resume", wary, "--reason", "x", "--key", "ada")
    with load(wary) as lab:
        lab.parts.ledger.restore("ada, bob", "x")
    audited = run("audit", wary)
    assert audited.code == 4
    assert "raised again without the signatures of 2 of the people" in audited.err


def test_a_lab_with_an_author_that_cheats(tmp_path: Path, run: Run) -> None:
    """A program that lets every test pass is caught; after two people have looked the run goes on,
    and its honest twin takes over.
    """
    lab = tmp_path / "cheated"
    cheat = next(each for each in catalogue() if each.name == "pass whatever test there is")
    for path, text in cheat.files.items():
        (lab / path).parent.mkdir(parents=True, exist_ok=True)
        (lab / path).write_text(text, encoding="utf-8")
    tables = cheat.tables(cheat.cheat, None)
    texts = [*cheat.cheat.texts, *cheat.twin.texts]
    tables["author"] = {"kind": KIND, "path": tables["author"]["path"], "texts": texts}
    written = [
        f"[{table}]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in settings.items())
        for table, settings in tables.items()
    ]
    (lab / "successor.toml").write_text("\n".join(written), encoding="utf-8")
    run("policy", "init", lab, "ada", "bob", "--stage", "4")
    for name in ("ada", "bob"):
        run("policy", "sign", lab, "--key", name)
    caught = run("improve", lab)
    assert caught.code == 3
    assert "Stopped by its planted" in caught.err
    assert "People raise it again: successor resume" in caught.err
    assert run("improve", lab, "--quiet").code == 3
    assert outcomes(lab) == ["quarantined"]
    assert run("resume", lab, "--reason", "seen", "--key", "ada").code == 3
    assert run("improve", lab, "--quiet").code == 3
    assert run("resume", lab, "--reason", "seen too", "--key", "bob").code == 0
    run("improve", lab, "--quiet")
    assert outcomes(lab) == ["quarantined", "promoted"]
    assert run("audit", lab).code == 0


def _toml(value: object) -> str:
    return json.dumps(list(cast("tuple[object]", value)) if isinstance(value, tuple) else value)
