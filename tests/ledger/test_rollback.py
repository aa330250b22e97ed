from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from ledger.climber import climb, parts
from successor.errors import Halt, SuccessorError, UsageError
from successor.ledger import Ledger, RolledBack, audit
from successor.loop import improve_self
from successor.types import (
    Brief,
    Draft,
    Judge,
    Record,
    Stop,
    Verdict,
    Version,
    Workspace,
)


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder, settings={"size": 3}, seed=7)


def line_of(ledger: Ledger) -> tuple[Version, ...]:
    """The version in charge, last, and those before it."""
    incumbent = ledger.incumbent()
    assert incumbent is not None
    return ledger.lineage(incumbent.id)


def test_an_earlier_version_takes_over_again_and_the_next_generation_begins_from_it(tmp_path: Path):
    folder = tmp_path / ".successor"
    climb(folder)
    with opened(folder) as ledger:
        first, *_, before, last = line_of(ledger)
        ledger.roll_back(before.id, "ada", "too fast to be true")
        assert ledger.incumbent() == before
        done = len(ledger.generations())
        improve_self(parts(ledger))
        assert len(ledger.generations()) == done + 1
        for candidate in ledger.decisions()[-1:]:
            assert before in ledger.lineage(candidate.candidate)
            assert last not in ledger.lineage(candidate.candidate)
        ledger.roll_back(first.id, "ada", "from the beginning")
        assert ledger.generations()[-1] == first.id  # so that no plateau lasts over a rollback
    again = Ledger.read(folder)
    assert again.incumbent() == first
    told = [entry.event.by for entry in again.entries(RolledBack)]
    assert told == ["ada", "ada"]
    assert audit(folder).problem is None


def test_an_open_generation_ends_before_a_rollback_and_leaves_no_checkpoint(tmp_path: Path):
    folder = tmp_path / ".successor"
    late: list[Stop] = []
    with Ledger.open(
        folder, settings={"size": 3}, seed=7, halt=lambda: late[0] if late else None
    ) as ledger:
        improve_self(parts(ledger))
        improve_self(parts(ledger))
        first = ledger.decisions()[0].candidate
        late.append(Stop("wall_clock", "no time is left"))
        with pytest.raises(Halt):
            improve_self(parts(ledger))
        incumbent = ledger.incumbent()
        assert incumbent is not None
        assert incumbent.id != first
        assert any((folder / "work").iterdir())
        ledger.roll_back(first, "ada", "stop this")
        assert not any((folder / "work").iterdir())
    assert audit(folder).problem is None


def test_what_was_never_in_charge_cannot_be_rolled_back_to(tmp_path: Path):
    folder = tmp_path / ".successor"
    climb(folder)
    with opened(folder) as ledger:
        incumbent = ledger.incumbent()
        assert incumbent is not None
        rejected = [made for made in ledger.decisions() if made.outcome != "promoted"]
        assert rejected
        with pytest.raises(UsageError, match="was never in charge"):
            ledger.roll_back(rejected[0].candidate, "ada", "no")
        with pytest.raises(UsageError, match="in charge already"):
            ledger.roll_back(incumbent.id, "ada", "no")
        assert ledger.entries(RolledBack) == ()


@dataclass
class Repeating:
    """Hands in the files of a version that gave way, and says what it was told."""

    gave_way: Version
    briefs: list[Brief] = field(default_factory=list[Brief])
    name: str = "repeating"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        self.briefs.append(brief)
        for name in self.gave_way.files.values():
            with pytest.raises(SuccessorError, match="quarantined or revoked"):
                workspace.read(name)
        return None if brief.tried else Draft(self.gave_way.files)


def test_what_gave_way_is_revoked_with_all_that_descends_from_it(tmp_path: Path):
    folder = tmp_path / ".successor"
    climb(folder)
    with opened(folder) as ledger:
        line = line_of(ledger)
        assert len(line) > 3
        candidates = [made.candidate for made in ledger.decisions()]
        ledger.roll_back(line[1].id, "ada", "wrong")
        revoked = {*ledger.revoked()}
        assert revoked == {each for each in candidates if line[2] in ledger.lineage(each)}
        assert {each.id for each in line[2:]} < revoked, "rejected descendants, too"
        author = Repeating(line[2])
        improve_self(replace(parts(ledger), author=author))
        assert {*line[2].files.values()} <= {*author.briefs[0].barred}
        made = ledger.decisions()[-1]
        assert (made.outcome, made.reason) == ("rejected", "holds what was rolled back before")
        assert ledger.incumbent() == line[1]


@dataclass(frozen=True)
class Credulous:
    """Finds everything better."""

    judge_of: Judge

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        found = self.judge_of.judge(candidate, incumbent, record, seed, work)
        return replace(found, outcome="better", e_value=1e9)


@dataclass
class Handing:
    """Hands in the same file under one name after the other."""

    name: str = "handing"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        (vector,) = {*brief.lineage[0].files.values()}
        return None if brief.tried else Draft({"vector": vector, "notes": vector})


def test_the_same_version_of_files_that_others_have_does_not_come_back(tmp_path: Path):
    """No file of it is barred: each is one of a version in good standing."""
    folder = tmp_path / ".successor"
    with opened(folder) as ledger:
        improve_self(parts(ledger))
        first = ledger.incumbent()
        assert first
        mine = parts(ledger)
        mine = replace(mine, author=Handing(), judge=Credulous(mine.judge))
        improve_self(mine)
        gone = ledger.incumbent()
        assert gone
        assert gone != first
        ledger.roll_back(first.id, "ada", "dangerous")
        improve_self(mine)
        assert ledger.incumbent() == first
        made = ledger.decisions()[-1]
        assert (made.outcome, made.reason) == ("rejected", "was rolled back before")


def test_to_put_a_revoked_version_in_charge_again_lifts_that_for_its_line(tmp_path: Path):
    folder = tmp_path / ".successor"
    climb(folder)
    with opened(folder) as ledger:
        line = line_of(ledger)
        ledger.roll_back(line[0].id, "ada", "wrong")
        assert {each.id for each in line[1:]} <= {*ledger.revoked()}
        ledger.roll_back(line[2].id, "ada", "it was right up to here")
        assert not {each.id for each in line[:3]} & {*ledger.revoked()}
        assert {each.id for each in line[3:]} <= {*ledger.revoked()}
        ledger.roll_back(line[-1].id, "ada", "all of it was right")
        assert ledger.revoked() == ()
    assert Ledger.read(folder).revoked() == ()
