"""A run may be killed at any instant. It ends where the run that nobody killed ends."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from ledger.climber import EndState, climb, end_state
from ledger.killing import Fuse, finished, killed_after, start
from successor.errors import RecordError, UsageError
from successor.ledger import Decided, Ledger, audit
from successor.ledger.store import FILE
from successor.ledger.tip import read_tip

KILLS = 200
KILLS_INSIDE_WRITES = 90


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> EndState:
    lab = tmp_path_factory.mktemp("undisturbed") / ".successor"
    climb(lab)
    return end_state(lab)


def labs(tmp_path: Path) -> Iterator[Path]:
    for number in count():
        folder = tmp_path / f"lab-{number}"
        folder.mkdir()
        yield folder / ".successor"


class Delays:
    """Random delays, longer with every kill of the same lab: it ends, however slow the machine."""

    def __init__(self, seed: int, longest_s: float) -> None:
        self._chance = random.Random(seed)
        self._begin_s = self._longest_s = longest_s

    def draw(self) -> float:
        self._longest_s *= 1.05
        return self._chance.uniform(0, self._longest_s)

    def kill(self, lab: Path) -> bool:
        if not lab.exists():
            self._longest_s = self._begin_s
        return killed_after(lab, self.draw())


def is_sound(folder: Path) -> bool:
    try:
        report = audit(folder)
        return report.problem is None and Ledger.read(folder).head == report.head
    except UsageError:
        return not (folder / FILE).exists()  # killed before anything was on record


def test_the_lab_has_all_that_a_kill_could_break(undisturbed: EndState):
    outcomes = Counter(decision.outcome for decision in undisturbed.decisions)
    assert outcomes["promoted"] >= 4
    assert outcomes["rejected"] >= 2
    assert None in undisturbed.generations


def test_two_runs_of_the_same_seed_end_alike(tmp_path: Path, undisturbed: EndState):
    climb(tmp_path / ".successor")
    assert end_state(tmp_path / ".successor") == undisturbed


def test_another_seed_ends_elsewhere(tmp_path: Path, undisturbed: EndState):
    climb(tmp_path / ".successor", seed=8)
    assert end_state(tmp_path / ".successor") != undisturbed


def kill_until(
    kills: int,
    tmp_path: Path,
    undisturbed: EndState,
    run_and_kill: Callable[[Path], bool],
) -> None:
    """Kill lab after lab, each until it comes to its end, and look at every end."""
    torn = resumable = 0
    for ends, lab in enumerate(labs(tmp_path), start=1):
        while not run_and_kill(lab):
            kills -= 1
            left = [path.name for path in lab.glob("work/*")]
            torn += any(name.startswith("incoming-") for name in left)
            resumable += any("-written-" in name and name[0].isdigit() for name in left)
            assert kills % 2 or is_sound(lab)
        promoted = [
            entry.event.decision.candidate
            for entry in Ledger.read(lab).entries(Decided)
            if entry.event.decision.outcome == "promoted"
        ]
        assert len(promoted) == len(set(promoted))
        assert end_state(lab) == undisturbed
        shutil.rmtree(lab.parent)
        if kills <= 0:
            assert ends >= 3
            assert torn >= 10, "too few kills hit a write of a checkpoint or object"
            assert resumable >= 10, "too few kills left a checkpoint to resume from"
            return


def test_killed_at_200_random_instants(tmp_path: Path, undisturbed: EndState):
    kill_until(KILLS, tmp_path, undisturbed, Delays(20, 0.03).kill)


def test_killed_inside_writes_of_checkpoints_objects_and_events(
    tmp_path: Path, undisturbed: EndState
):
    chance = random.Random(21)

    def run_and_kill(lab: Path) -> bool:
        moment = chance.choice(("before", "halfway", "after"))
        return finished(start(lab, Fuse(chance.randint(1, 40), moment).install))

    kill_until(KILLS_INSIDE_WRITES, tmp_path, undisturbed, run_and_kill)


def test_a_log_that_a_kill_left_and_that_lost_events_is_never_built_on(
    tmp_path: Path, undisturbed: EndState
):
    """SQLite takes the log for shorter then, without a word.

    An event counts from when the head beside the record has it: until then nobody was told of
    it, and a kill might have come before it as well.
    """
    chance, delays = random.Random(22), Delays(23, 0.06)
    found = 0
    for lab in labs(tmp_path):
        while not delays.kill(lab):
            log = lab / f"{FILE}-wal"
            if not log.is_file() or not log.stat().st_size or audit(lab).events < 10:
                continue
            whole, head = log.read_bytes(), read_tip(lab)
            assert head is not None
            for damaged in (cut(whole, chance), flipped(whole, chance), flipped(whole, chance)):
                log.write_bytes(damaged)
                report = audit(lab)
                assert report.problem is not None or report.events >= head.size
                if report.problem is not None:
                    found += 1
                    with pytest.raises(RecordError):
                        climb(lab)
                    (lab / f"{FILE}-shm").unlink(missing_ok=True)
            log.write_bytes(whole)
            assert is_sound(lab)
        assert end_state(lab) == undisturbed
        if found >= 12:
            return


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) // 2, len(data))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
