"""A candidate that waits for a human: it survives, and is decided on exactly once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli.commands import change, make_lab
from successor.director import review, roll_back
from successor.errors import RecordError, SuccessorError, UsageError
from successor.lab import Lab, load, run
from successor.ledger import Decided, Ledger, Look, Reviewed, Stopped, Written, audit
from successor.ledger.journal import Journal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lab at stage 2 in which a candidate waits."""
    folder = make_lab(tmp_path / "lab")
    change(folder, "[lab]", "[lab]\nstage = 2")
    with load(folder) as lab:
        assert run(lab).base_case == "review"
    return folder


def waiting(folder: Path) -> str | None:
    with Ledger.read(folder / ".successor") as ledger:
        found = ledger.waiting()
        return found.candidate.id if found else None


def outcomes(folder: Path) -> list[str]:
    with Ledger.read(folder / ".successor") as ledger:
        return [made.outcome for made in ledger.decisions()]


def test_it_waits_as_often_as_the_run_is_taken_up(folder: Path):
    name = waiting(folder)
    for _ in range(2):
        with load(folder) as lab:
            stop = run(lab)
            assert (stop.base_case, stop.needs_human) == ("review", True)
    assert waiting(folder) == name
    assert outcomes(folder) == ["promoted", "waiting"], "that it waits is on record once"


def test_what_is_accepted_takes_over_in_the_name_of_the_human(folder: Path):
    name = waiting(folder)
    with load(folder) as lab:
        now = review(lab, "accept", "as good as it says")
        assert now.version
        assert now.version.id == name
        decided = lab.parts.ledger.decisions()[-1]
        made = lab.parts.ledger.entries(Reviewed)[-1].event
    assert (decided.outcome, decided.by) == ("promoted", made.by)
    assert "as good as it says" in decided.reason
    assert (made.choice, made.seconds, made.explained, made.shown) == ("accept", None, False, None)
    assert audit(folder / ".successor").problem is None


def test_what_is_rejected_is_gone_and_the_generation_goes_on(folder: Path):
    with load(folder) as lab:
        before = lab.version
        assert review(lab, "reject").version == before
        assert lab.parts.ledger.waiting() is None
        with pytest.raises(UsageError, match="no candidate waits"):
            review(lab, "accept")
    assert outcomes(folder) == ["promoted", "waiting", "rejected"]
    with load(folder) as lab:
        assert run(lab).base_case == "generations", "the same again is not proposed again"
    assert set(outcomes(folder)[2:]) == {"rejected"}


def test_left_waiting_it_waits_and_the_look_is_on_record(folder: Path):
    with load(folder) as lab:
        review(lab, "later", look=Look("what was shown", 2.5, explained=True))
        made = lab.parts.ledger.entries(Reviewed)[-1].event
        assert made.shown
        assert lab.parts.ledger.object(made.shown) == b"what was shown"
        assert (made.choice, made.seconds, made.explained) == ("later", 2.5, True)
        review(lab, "accept")
    assert outcomes(folder) == ["promoted", "waiting", "promoted"]


def test_an_edit_is_a_candidate_like_any_other(folder: Path):
    with load(folder) as lab:
        review(lab, "edit", files={"ability": b"3"})
        run(lab)
        ledger = lab.parts.ledger
        edited = ledger.entries(Written)[2].event.version
        assert edited
        assert edited.author.startswith("human ")
        verdict = next(each for each in ledger.verdicts() if each.candidate == edited.id)
        assert verdict.outcome == "not better", "who edits approves nothing"
        assert ledger.exam(edited.id)
    assert outcomes(folder)[:4] == ["promoted", "waiting", "rejected", "rejected"]
    assert audit(folder / ".successor").problem is None


def test_a_better_edit_waits_in_its_turn(folder: Path):
    with load(folder) as lab:
        review(lab, "edit", files={"ability": b"16"})
        assert run(lab).base_case == "review"
        found = lab.parts.ledger.waiting()
        assert found
        assert found.candidate.author.startswith("human ")
        now = review(lab, "accept")
        assert now.version
        assert lab.parts.ledger.object(now.version.files["ability"]) == b"16"


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({"ability": b"4"}, "the version that is in charge"),
        ({"ability": b"8"}, "the version that is waiting"),
        ({"ability": b"9", "more": b""}, "may add and remove no file"),
        ({}, "may add and remove no file"),
    ],
)
def test_an_edit_that_is_none_is_refused(folder: Path, files: dict[str, bytes], error: str):
    with load(folder) as lab, pytest.raises(SuccessorError, match=error):
        review(lab, "edit", files=files)
    assert waiting(folder)
    assert outcomes(folder) == ["promoted", "waiting"]


def test_files_belong_to_an_edit(folder: Path):
    with load(folder) as lab:
        with pytest.raises(UsageError, match="needs them"):
            review(lab, "edit")
        with pytest.raises(UsageError, match="for the choice 'edit'"):
            review(lab, "accept", files={"ability": b"64"})


def kill_at(kind: type, act: Callable[[], object]) -> None:
    """Act in a child that is killed instead of putting an event of that kind on record."""
    child = os.fork()
    if not child:
        append = Journal.append

        def killing(journal: Journal, event: object) -> object:
            if isinstance(event, kind):
                os.kill(os.getpid(), signal.SIGKILL)
            return append(journal, event)  # pyright: ignore - whatever it is

        Journal.append = killing  # pyright: ignore - the same
        act()
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("choice", ["accept", "reject"])
def test_a_choice_outlives_a_kill_and_is_taken_once(folder: Path, choice: str):
    def act() -> None:
        with load(folder) as lab:
            review(lab, "accept" if choice == "accept" else "reject")

    kill_at(Reviewed, act)
    assert waiting(folder), "nothing was chosen"
    kill_at(Decided, act)
    assert waiting(folder) is None, "it was chosen"
    with load(folder) as lab:
        with pytest.raises(UsageError, match="no candidate waits"):
            review(lab, "accept")
        run(lab)
    expected = "promoted" if choice == "accept" else "rejected"
    assert outcomes(folder)[:3] == ["promoted", "waiting", expected]
    assert audit(folder / ".successor").problem is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_edit_outlives_a_kill(folder: Path):
    def act() -> None:
        with load(folder) as lab:
            review(lab, "edit", files={"ability": b"16"})
            run(lab)

    kill_at(Written, act)
    with load(folder) as lab:
        run(lab)
        found = lab.parts.ledger.waiting()
        assert found
        assert lab.parts.ledger.object(found.candidate.files["ability"]) == b"16"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_run_killed_before_it_stopped_waits_all_the_same(tmp_path: Path):
    folder = make_lab(tmp_path / "other")
    change(folder, "[lab]", "[lab]\nstage = 3")

    def act() -> None:
        with load(folder) as lab:
            run(lab)

    kill_at(Stopped, act)
    assert waiting(folder)
    with load(folder) as lab:
        review(lab, "accept")
    assert outcomes(folder) == ["promoted", "waiting", "promoted"]


def test_at_stage_4_a_rejection_holds_and_what_waits_is_promoted(folder: Path):
    change(folder, "stage = 2", "stage = 4")
    with load(folder) as lab:
        assert run(lab).base_case == "target"
    assert outcomes(folder)[1:3] == ["waiting", "promoted"]


def test_a_rollback_gives_up_what_waits(folder: Path):
    with load(folder) as lab:
        review(lab, "accept")
        run(lab)
        roll_back(lab)
        with pytest.raises(UsageError, match="no candidate waits"):
            review(lab, "accept")


def test_a_choice_that_nobody_was_asked_for_is_no_record(folder: Path):
    with load(folder) as lab:
        review(lab, "reject")
        made = lab.parts.ledger.entries(Reviewed)[-1].event
        with pytest.raises(ValueError, match="does not wait"):
            lab.parts.ledger._journal.append(made)
    with pytest.raises(RecordError, match="does not wait for a human"):
        Ledger.read(folder / ".successor")


def test_no_author_goes_by_the_name_of_a_human(tmp_path: Path):
    folder = make_lab(tmp_path / "posing")
    tiny = (folder / "tiny.py").read_text(encoding="utf-8")
    (folder / "tiny.py").write_text(tiny.replace('"doubler"', '"human root"'), encoding="utf-8")
    with load(folder) as lab, pytest.raises(SuccessorError, match="may not be called 'human root'"):
        run(lab)


def test_the_time_that_a_human_takes_is_no_working_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    with load(folder) as lab:
        worked = lab.parts.ledger.spent_s()
        clock = lab.parts.ledger._journal._clock
        monkeypatch.setattr(clock, "_offset", clock._offset + 3600.0)
        review(lab, "later", look=Look("", 3600.0, explained=False))
        assert lab.parts.ledger.spent_s() < worked + 60


def test_what_was_seen_where_nothing_holds_is_not_accepted(folder: Path):
    with load(folder) as lab:
        unheld = lab.parts.ledger._journal.history.unheld
        found = lab.parts.ledger.waiting()
        assert found
        unheld[found.candidate.id] = ["rlimits"]
        now: Lab = review(lab, "accept")
        assert now.version != found.candidate
        last = lab.parts.ledger.decisions()[-1]
        assert (last.outcome, "never promoted" in last.reason) == ("rejected", True)


def test_a_tripwire_bars_what_a_human_accepts():
    from oversight.test_overseer import BETTER
    from successor.oversight import Policy
    from successor.types import Decision

    human = Decision("c", "promoted", "accepted", "somebody")
    for stage in (1, 2, 3, 4):
        assert Policy(stage).decide(BETTER, (), human) == human
        tripped = replace(BETTER, tripwires=("collapse",))
        assert Policy(stage).decide(tripped, (), human).outcome == "quarantined"
        assert Policy(stage).decide(BETTER, ("rlimits",), human).outcome == "rejected"
        worse = replace(BETTER, outcome="not better")
        assert Policy(stage).decide(worse, (), human).outcome == "rejected"
