"""What is quarantined is built upon by nobody, and who passes a planted item ends the run."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from ledger.climber import Climber, Climbing, Comparing, Overseeing
from successor.errors import SuccessorError
from successor.ledger import Ledger, audit
from successor.loop import Parts, improve_self, run
from successor.oversight import Policy
from successor.types import (
    PLANTED,
    Brief,
    Decision,
    Draft,
    Record,
    Verdict,
    Version,
    Workspace,
)

WIRE = "keeps results between calls"


@dataclass(frozen=True)
class Tripping(Comparing):
    """Finds every candidate better; the first sets off a tripwire."""

    wire: str = WIRE

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        found = super().judge(candidate, incumbent, record, seed, work)
        wires = () if record.verdicts() else (self.wire,)
        return replace(found, outcome="better", e_value=1e9, tripwires=wires)


@dataclass(frozen=True)
class Strict(Overseeing):
    """The overseer with the policy of real labs."""

    def decide(self, verdict: Verdict, record: Record) -> Decision:
        return Policy().decide(verdict)


@dataclass
class Watched:
    """The author, and what it was told; `again` hands in the first candidate's files anew."""

    again: bool = False
    briefs: list[Brief] = field(default_factory=list[Brief])
    works: list[Workspace] = field(default_factory=list[Workspace])
    first: Draft | None = None
    name: str = "watched"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        self.briefs.append(brief)
        self.works.append(workspace)
        if self.again and self.first is not None:
            return self.first if len(brief.tried) < 2 else None
        self.first = Climber().write(brief, workspace)
        return self.first


@contextmanager
def lab(folder: Path, author: Watched, wire: str = WIRE) -> Generator[Parts]:
    with Ledger.open(folder / ".successor", settings={"size": 3}, seed=7) as ledger:
        subject = Climbing()
        yield Parts(ledger, subject, author, Tripping(subject, wire), Strict(generations=3))


def test_no_author_reads_what_is_quarantined_and_each_is_told(tmp_path: Path):
    author = Watched()
    with lab(tmp_path, author) as parts:
        run(parts)
        ledger = parts.ledger
        bad, good = ledger.decisions()[1:3]
        assert (bad.outcome, good.outcome) == ("quarantined", "promoted")
        (name,) = ledger.version(bad.candidate).files.values()
        assert author.briefs[0].barred == ()
        assert {brief.barred for brief in author.briefs[1:]} == {(name,)}
        for work in author.works[1:]:
            with pytest.raises(SuccessorError, match="of a quarantined or revoked version"):
                work.read(name)
        for brief in author.briefs:
            assert bad.candidate not in [version.id for version in brief.lineage]
            assert all(bad.candidate not in version.parents for version in brief.tried)


def test_what_was_quarantined_is_quarantined_again_however_good(tmp_path: Path):
    author = Watched(again=True)
    with lab(tmp_path, author) as parts:
        run(parts)
        made = parts.ledger.decisions()[1:]
        assert {each.outcome for each in made} == {"quarantined"}
        assert made[1].reason == "holds what was quarantined before"
        assert parts.ledger.generations()[1:] == (None, None)


def test_whoever_passes_a_planted_item_ends_the_run_each_time_that_it_is_taken_up(tmp_path: Path):
    author = Watched()
    for _ in range(3):
        with lab(tmp_path, author, f"{PLANTED}knew what nobody could know") as parts:
            stop = run(parts)
            assert (stop.base_case, stop.needs_human) == ("planted", True)
            assert "knew what nobody could know" in stop.reason
            assert [each.outcome for each in parts.ledger.decisions()] == [
                "promoted",
                "quarantined",
            ]
    assert len(author.briefs) == 1, "nobody is asked for another candidate"
    assert audit(tmp_path / ".successor").problem is None


def test_other_tripwires_do_not_end_it(tmp_path: Path):
    with lab(tmp_path, Watched()) as parts:
        improve_self(parts)
        improve_self(parts)
        assert parts.ledger.generations()[1] is not None
