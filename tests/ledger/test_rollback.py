from __future__ import annotations

from pathlib import Path

import pytest

from ledger.climber import climb, parts
from successor.errors import Halt, UsageError
from successor.ledger import Ledger, RolledBack, audit
from successor.loop import improve_self
from successor.types import Stop


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder, settings={"size": 3}, seed=7)


def test_an_earlier_version_takes_over_again_and_the_next_generation_begins_from_it(tmp_path: Path):
    folder = tmp_path / ".successor"
    climb(folder)
    with opened(folder) as ledger:
        incumbent = ledger.incumbent()
        assert incumbent is not None
        first, *_, before, last = ledger.lineage(incumbent.id)
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
