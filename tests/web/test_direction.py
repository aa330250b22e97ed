"""The director picks what comes first: it is on record, it steers, and it loosens nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cli.commands import Run, change, start
from successor.ledger import Directed, Ledger, picks
from successor.showing.direction import direction_of
from successor.showing.following import Sight
from web.seats import Sit


@pytest.fixture
def improved(lab: Path, run: Run) -> Path:
    """A lab that promoted twice, and has not reached what it could."""
    change(lab, 'wall_clock = "1m"', 'wall_clock = "1h"')  # however busy the machine is
    assert run("improve", lab, "--quiet").code == 0
    change(lab, "reliable_horizon=16", "reliable_horizon=32")
    return lab


def told_first(lab: Path) -> None:
    """Have the author write down which weakness it is told first."""
    path = lab / "tiny.py"
    text = path.read_text("utf-8")
    found = "            return None\n        for step"
    assert found in text
    note = '        with open("told.txt", "a") as out:\n            out.write(repr(brief.first) + '
    note += 'brief.weaknesses[0].slice + "\\n")\n'
    path.write_text(
        text.replace(found, f"            return None\n{note}        for step"), "utf-8"
    )


def picked(lab: Path) -> list[Directed]:
    with Ledger.read(lab / ".successor") as ledger:
        return [each.event for each in ledger.entries(Directed)]


def test_what_is_weak_is_proposed_with_what_such_steps_gained(improved: Path) -> None:
    found = direction_of(Sight.of(improved))
    assert found.goal == "Count further"
    assert found.goals == ("reliable horizon of 16; it is 16",), "as the last run was set"
    assert found.steps[0].proposed.weakness == "32", "the easiest: such have been mended twice"
    assert found.steps[0].proposed.gain == pytest.approx(1 / 11, abs=1e-3)
    assert found.steps[1].proposed.gain == pytest.approx(0.0, abs=1e-6), "farther was never mended"
    assert any("Can 32, 64" in each.told for each in found.questions)


def test_nothing_is_predicted_where_nothing_was_tried(lab: Path, run: Run) -> None:
    change(lab, "generations = 9", "generations = 1")
    assert run("improve", lab, "--quiet").code == 0
    steps = direction_of(Sight.of(lab)).steps
    assert [each.proposed.gain for each in steps] == [None] * len(steps)


def test_a_pick_is_on_record_with_what_the_machine_proposed(improved: Path, run: Run) -> None:
    assert run("direct", improved, "--pick", "2", "--reason", "64 matters").code == 0
    (made,) = picked(improved)
    assert (made.chosen, made.reason) == (1, "64 matters")
    assert [each.weakness for each in made.proposed[:2]] == ["32", "64"]
    assert run("audit", improved).code == 0
    assert run("status", improved, "--json").lines[0]["stopped_by"] == "target"


def test_a_pick_steers_the_next_generation_alone(
    lab: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_first(lab)
    monkeypatch.chdir(tmp_path)
    change(lab, 'wall_clock = "1m"', 'wall_clock = "1h"')
    change(lab, "generations = 9", "generations = 2")
    change(lab, "reliable_horizon=16", "reliable_horizon=64")
    assert run("improve", lab, "--quiet").code == 0
    assert run("direct", lab, "--pick", "3", "--reason", "to see").code == 0
    assert run("improve", lab, "--generations", "4", "--quiet").code == 0
    lines = Path("told.txt").read_text("utf-8").splitlines()
    assert lines == ["('', '')8", "('64', '')64", "('', '')32"]


def test_a_pick_is_taken_back(improved: Path, run: Run) -> None:
    assert run("direct", improved, "--pick", "2", "--reason", "so").code == 0
    assert run("direct", improved, "--json").lines[0]["picked"]["weakness"] == "64"
    assert run("direct", improved, "--pick", "0", "--reason", "no").code == 0
    assert run("direct", improved, "--json").lines[0]["picked"] is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--pick", "1"], "why?"),
        (["--reason", "so"], "--pick"),
        (["--pick", "99", "--reason", "so"], "there is no step 99"),
    ],
)
def test_a_pick_that_says_too_little_is_refused(
    improved: Path, run: Run, options: list[str], told: str
) -> None:
    found = run("direct", improved, *options)
    assert found.code == 2
    assert told in found.err
    assert picked(improved) == []


def test_a_run_at_work_finds_the_pick(lab: Path, run: Run) -> None:
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 4.0')
    change(lab, "reliable_horizon=16", "reliable_horizon=64")
    change(lab, 'wall_clock = "1m"', 'wall_clock = "1h"')
    working = start("improve", lab, "--quiet")
    deadline = time.monotonic() + 120
    while run("direct", lab, "--json").code != 0 and time.monotonic() < deadline:
        time.sleep(0.1)
    while not direction_of(Sight.of(lab)).steps and time.monotonic() < deadline:
        time.sleep(0.1)
    found = run("direct", lab, "--pick", "2", "--reason", "while it works", "--json").lines[0]
    assert found["recorded"] is False
    assert found["picked"]["reason"] == "while it works"
    working.communicate(timeout=600)
    (made,) = picked(lab)
    assert made.reason == "while it works"
    assert not (lab / ".successor" / picks.FILE).exists()
    assert run("audit", lab).code == 0


@pytest.mark.parametrize("text", ["", "no json", '{"kind":"Alive"}', "\x00" * 100])
def test_a_file_that_says_nothing_steers_nothing(improved: Path, run: Run, text: str) -> None:
    (improved / ".successor" / picks.FILE).write_text(text, "utf-8")
    assert run("improve", improved, "--quiet").code == 0
    assert picked(improved) == []


def test_the_judgement_has_what_a_person_picked(improved: Path, run: Run) -> None:
    run("direct", improved, "--pick", "2", "--reason", "so")
    change(improved, "generations = 9", "generations = 4")
    run("improve", improved, "--quiet")
    (found,) = run("judgement", improved, "--json").lines[0]["directions"]
    assert (found["picked"]["weakness"], found["machine"]["weakness"]) == ("64", "32")
    assert found["same"] is False
    assert found["gained"] == pytest.approx(1 / 11, abs=1e-3)
    assert "what a person had picked" in run("judgement", improved).out


def test_a_paused_lab_is_directed_and_stays_paused(improved: Path, run: Run) -> None:
    assert run("stop", improved, "--reason", "to think").code == 0
    assert run("direct", improved, "--pick", "1", "--reason", "then this").code == 0
    assert len(picked(improved)) == 1
    assert run("improve", improved, "--quiet").code != 0, "it is still paused"
    assert run("resume", improved, "--reason", "on").code == 0
    assert run("audit", improved).code == 0


def test_from_the_seat(improved: Path, sit: Sit) -> None:
    seat = sit(improved)
    steps = seat.get("/api/direction")["steps"]
    assert "why" in seat.post("/api/direct", 409, told=steps[1]["told"])["error"]
    assert "look again" in seat.post("/api/direct", 409, told="mend all", reason="so")["error"]
    made = seat.post("/api/direct", told=steps[1]["told"], reason="so")
    assert made == {"told": steps[1]["told"], "recorded": True}
    assert seat.get("/api/direction")["picked"]["told"] == steps[1]["told"]
    assert seat.post("/api/direct", reason="no")["recorded"]
    assert seat.get("/api/direction")["picked"] is None
    assert [each.chosen for each in picked(improved)] == [1, None]
