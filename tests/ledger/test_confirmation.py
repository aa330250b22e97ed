from __future__ import annotations

from pathlib import Path

import pytest

from ledger.climber import Climbing, parts
from successor.errors import Halt, SuccessorError
from successor.ledger import Ledger, audit
from successor.loop import improve_self
from successor.types import Draw, Exam, Stop, Version, Workspace


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder, settings={"size": 3}, seed=7)


def test_a_goal_that_looks_reached_is_confirmed_once_and_does_not_replace_the_exam(tmp_path: Path):
    counts = (("near", 300), ("middle", 300))
    asked: list[Draw] = []

    def examine(version: Version, draw: Draw, work: Workspace) -> Exam:
        asked.append(draw)
        return Climbing().examine(version, draw, work)

    with opened(tmp_path / ".successor") as ledger:
        improve_self(parts(ledger))
        incumbent = ledger.incumbent()
        assert incumbent is not None
        own = ledger.exam(incumbent.id)
        assert ledger.confirmation(incumbent.id) is None
        first = ledger.confirmed(incumbent, counts, examine)
        assert ledger.confirmed(incumbent, counts, examine) == first
        assert ledger.exam(incumbent.id) == own
        improve_self(parts(ledger))
    assert [(draw.purpose, draw.counts) for draw in asked] == [("confirmation", counts)]
    again = Ledger.read(tmp_path / ".successor")
    assert again.confirmation(incumbent.id) == first
    assert again.exam(incumbent.id) == own
    assert audit(tmp_path / ".successor").problem is None


def test_a_confirmation_that_is_halted_is_not_on_record_and_asks_the_same_items_later(
    tmp_path: Path,
):
    seeds: list[int] = []

    def examine(version: Version, draw: Draw, work: Workspace) -> Exam:
        seeds.append(draw.seed)
        if len(seeds) == 1:
            raise Halt(Stop("wall_clock", "no time is left"))
        return Climbing().examine(version, draw, work)

    with opened(tmp_path / ".successor") as ledger:
        improve_self(parts(ledger))
        incumbent = ledger.incumbent()
        assert incumbent is not None
        with pytest.raises(Halt):
            ledger.confirmed(incumbent, (("near", 50),), examine)
        assert ledger.confirmation(incumbent.id) is None
    with opened(tmp_path / ".successor") as ledger:
        ledger.confirmed(incumbent, (("near", 50),), examine)
    assert seeds[0] == seeds[1]


def test_a_confirmation_on_other_items_is_refused(tmp_path: Path):
    def examine(version: Version, draw: Draw, work: Workspace) -> Exam:
        return Climbing().evaluate_self(version, draw.seed, work)

    with opened(tmp_path / ".successor") as ledger:
        improve_self(parts(ledger))
        incumbent = ledger.incumbent()
        assert incumbent is not None
        with pytest.raises(SuccessorError, match="of other items"):
            ledger.confirmed(incumbent, (("near", 50),), examine)
