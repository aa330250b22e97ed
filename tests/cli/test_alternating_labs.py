"""A program's lab with an improver's lab inside: each by its own rules, both on record."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.commands import Run, change
from successor import alternating
from successor.errors import Halt, RecordError, UsageError
from successor.lab import load
from successor.ledger import Ledger, Stopped, Written

EXAMPLES = Path(__file__).parents[2] / "examples"
OUTER = """\
[lab]
goal = "a slope"
[subject]
kind = "program"
target = "line.py"
entry = "guess"
inputs = "inputs.py:draw"
cost = "score.py:cost"
sizes = [5]
[author]
kind = "improver"
evaluations = 30
[judge]
kind = "race"
effect = 0.05
[base_cases]
generations = 3
"""
INNER = """\
[lab]
goal = "cheap candidates soon"
[subject]
kind = "improver"
target = "improver.py"
evaluations = 20
exam_items = 4
[author]
kind = "parts.py:known"
[judge]
kind = "parts.py:willing"
[base_cases]
generations = 3
"""
PARTS = '''\
"""An author that hands in what it has, and a judge that believes it, but for what cheats."""

import time
from pathlib import Path

from successor.types import Draft, Verdict


class Known:
    name = "known"

    def write(self, brief, workspace):
        path = Path(__file__).with_name(f"v{brief.generation}.txt")
        if brief.tried or not path.exists():
            return None
        for turn in range(int(path.with_name("slow").exists()) * 600):
            workspace.progress("waiting", turn, 600)
            time.sleep(0.1)
        return Draft({"improver.py": workspace.write(path.read_bytes())})


class Willing:
    def judge(self, candidate, incumbent, record, seed, work):
        text = work.read(candidate.files["improver.py"]).decode()
        cheats = ("reaches out",) if "cheats" in text else ()
        return Verdict(
            candidate.id, incumbent.id, "better", 1000.0, 41.0, 0.5, (0.4, 0.6), 10, seed,
            "said so", tripwires=cheats,
        )


def known(settings, subject):
    return Known()


def willing(settings, subject):
    return Willing()
'''
SOURCE = (EXAMPLES / "improver" / "improver.py").read_text("utf-8")


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A line whose slope is to be found, and an improver with two successors to come."""
    outer, inner = tmp_path / "lab", tmp_path / "lab" / "improver"
    inner.mkdir(parents=True)
    files = {
        outer / "successor.toml": OUTER,
        outer / "line.py": "SLOPE = 1.0\n\n\ndef guess(x: float) -> float:\n    return SLOPE * x\n",
        outer / "inputs.py": "def draw(random, size):\n    return (random.uniform(1, 2),)\n",
        outer / "score.py": "def cost(given, answer):\n    return 1 + abs(answer - 9 * given[0])\n",
        inner / "successor.toml": INNER,
        inner / "parts.py": PARTS,
        inner / "improver.py": SOURCE,
        inner / "v1.txt": SOURCE.replace("TOGETHER = 10", "TOGETHER = 4"),
        inner / "v2.txt": SOURCE.replace("TOGETHER = 10", "TOGETHER = 2"),
    }
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return outer


def improvers(lab: Path) -> list[str]:
    """Who searched for each draft, in their order."""
    with Ledger.read(lab / ".successor") as ledger:
        drafts = [each.event.figures for each in ledger.entries(Written)]
    return [str(each["improver"]) for each in drafts if "improver" in each]


def lineage(lab: Path) -> list[str]:
    with Ledger.read(lab / ".successor") as ledger:
        charge = ledger.incumbent()
        return [each.id for each in ledger.lineage(charge.id)] if charge else []


def test_both_improve_in_turn_and_both_are_on_record(lab: Path, run: Run) -> None:
    assert run("improve", lab, "--quiet").code == 0
    inner = lab / "improver"
    assert len(lineage(inner)) == 2, "it goes on before the second generation, and only then"
    assert improvers(lab) == lineage(inner), "first by the one, then by the other"
    assert len(lineage(lab)) == 3
    for each in (lab, inner):
        assert run("audit", each).code == 0
        assert run("replay", each).code == 0
    with Ledger.read(lab / ".successor") as ledger:
        told = ledger.entries(Written)[-1].event.figures
        assert ledger.object(str(told["improver_text"])) == (inner / "v1.txt").read_bytes()
    assert run("report", lab, "--open", "no").code == 0
    page = (lab / "report.html").read_text("utf-8")
    assert improvers(lab)[0][:8] in page
    assert str(told["improver_text"]) not in page
    said = run("attest", lab, "--unsigned").out
    assert improvers(lab)[-1] in said
    assert f"improver: {improvers(lab)[-1][:12]}" in run("attest", lab, "--trailers").out.lower()


def test_it_never_goes_on_where_the_lab_says_so(lab: Path, run: Run) -> None:
    change(lab, "evaluations = 30", "evaluations = 30\ngenerations = 0")
    assert run("improve", lab, "--quiet").code == 0
    assert len({*improvers(lab)}) == 1 == len(lineage(lab / "improver"))


def test_a_paused_one_is_not_used_until_people_lift_that(lab: Path, run: Run) -> None:
    inner = lab / "improver"
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    assert run("stop", inner, "--reason", "odd").code == 0
    held = run("improve", lab)
    assert held.code == 3
    assert f"{inner} is paused" in held.err
    assert len(lineage(inner)) == len(improvers(lab)) == 1
    assert run("resume", inner, "--reason", "looked at").code == 0
    assert run("improve", lab, "--quiet").code == 0
    assert improvers(lab) == lineage(inner)


@pytest.mark.slow
def test_a_stop_there_during_its_turn_ends_the_run(lab: Path, run: Run) -> None:
    inner = lab / "improver"
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    (inner / "STOP").write_text("enough", encoding="utf-8")
    assert run("improve", lab, "--quiet").code == 3
    assert len(lineage(inner)) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("keys")
def test_what_people_have_not_signed_does_not_begin(lab: Path, run: Run) -> None:
    inner = lab / "improver"
    assert run("policy", "init", inner, "ada", "bob").code == 0
    held = run("improve", lab)
    assert held.code == 3
    assert "has no version yet" in held.err
    assert improvers(lab) == []
    for name in ("ada", "bob"):
        assert run("policy", "sign", inner, "--key", name).code == 0
    assert run("improve", lab, "--quiet").code == 0
    assert len(lineage(inner)) == 1, "the candidate waits for people"
    assert len({*improvers(lab)}) == 1
    with Ledger.read(lab / ".successor") as ledger:
        told = ledger.entries(Written)[-1].event.figures
    assert str(told["improver_rests"]).startswith("review: ")
    assert run("review", inner, "--accept", "--key", "ada").code == 0
    assert run("improve", lab, "--quiet", "--generations", "4").code == 0
    assert improvers(lab)[-1] == lineage(inner)[1]


@pytest.mark.slow
def test_a_quarantined_one_never_searches(lab: Path, run: Run) -> None:
    inner = lab / "improver"
    (inner / "v1.txt").write_text(SOURCE + "\n# cheats\n", encoding="utf-8")
    assert run("improve", lab, "--quiet", "--generations", "4").code == 0
    with Ledger.read(inner / ".successor") as ledger:
        (bad,) = [d.candidate for d in ledger.decisions() if d.outcome == "quarantined"]
    assert {*improvers(lab)} == {*lineage(inner)} == {lineage(inner)[0]} != {bad}


@pytest.mark.slow
def test_one_that_was_taken_back_is_not_used_again(lab: Path, run: Run) -> None:
    assert run("improve", lab, "--quiet").code == 0
    inner, desk = lab / "improver", alternating.ImproverLab("improver")
    desk.require_ready(lab)
    first, second = lineage(inner)
    assert desk.version(second).version == second == desk.version("").version
    assert desk.version(first).version == first, "it was in charge, and nobody took that back"
    assert run("rollback", inner, "--to", first[:12], "--reason", "odd").code == 0
    assert desk.version(second).version == first


@pytest.mark.slow
def test_a_record_that_was_tampered_with_is_not_believed(lab: Path, run: Run) -> None:
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    for path in (lab / "improver" / ".successor" / "objects").rglob("*"):
        if path.is_file() and path.read_bytes()[:4] == SOURCE.encode()[:4]:
            path.chmod(0o600)
            path.write_bytes(path.read_bytes().replace(b"0.5", b"0.6"))
    desk = alternating.ImproverLab("improver")
    desk.require_ready(lab)
    with pytest.raises(RecordError):
        desk.version("")


@pytest.mark.slow
def test_the_outer_budget_ends_the_inner_turn_and_both_go_on(lab: Path, run: Run) -> None:
    inner = lab / "improver"
    (inner / "slow").touch()
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    began = time.monotonic()
    with Ledger.read(lab / ".successor") as ledger:
        spent = ledger.spent_s()
    ended = run("improve", lab, "--quiet", "--budget", f"{spent + 2:.1f}s")
    assert ended.code == 0
    assert time.monotonic() - began < 30, "a minute is what the turn would take"
    with Ledger.read(inner / ".successor") as ledger:
        stop = ledger.entries(Stopped)[-1].event.stop
        mine = ledger.used("cpu_s")
    assert stop.base_case == "interrupted"
    assert "the run that it is part of ends: worked" in stop.reason
    with Ledger.read(lab / ".successor") as ledger:
        assert ledger.entries(Stopped)[-1].event.stop.base_case == "wall_clock"
        assert ledger.used("cpu_s") >= mine, "what the inner one used, the outer one used"
    (inner / "slow").unlink()
    assert run("improve", lab, "--quiet").code == 0
    assert improvers(lab) == lineage(inner)


def test_the_inner_budget_ends_its_own_turn_alone(lab: Path, run: Run) -> None:
    change(lab / "improver", "generations = 3", "generations = 1")
    assert run("improve", lab, "--quiet").code == 0
    assert len({*improvers(lab)}) == 1
    with Ledger.read(lab / ".successor") as ledger:
        told = ledger.entries(Written)[-1].event.figures
    assert str(told["improver_rests"]).startswith("generations: ")


@pytest.mark.slow
def test_killed_in_the_inner_turn_it_goes_on_where_it_was(lab: Path, run: Run) -> None:
    inner = lab / "improver"
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    (inner / "slow").touch()
    command = [sys.executable, "-m", "successor", "improve", str(lab), "--quiet"]
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + 60
        with Ledger.read(inner / ".successor") as ledger:
            before = ledger.head.size
            while ledger.head.size < before + 2 and time.monotonic() < deadline:
                time.sleep(0.1)
                ledger.catch_up()
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGKILL)
    (inner / "slow").unlink()
    assert len(lineage(inner)) == 1
    assert run("improve", lab, "--quiet").code == 0
    assert improvers(lab) == lineage(inner)
    for each in (lab, inner):
        assert run("audit", each).code == 0


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("..", "should be a folder in the lab's own"),
        (".", "should be a folder in the lab's own"),
        ("nowhere", "no such folder"),
        ("program", "has to be an improver"),
    ],
)
def test_what_is_no_improvers_lab_is_refused_before_any_work(
    lab: Path, run: Run, name: str, told: str
) -> None:
    (lab / "program").mkdir()
    shutil.copy(lab / "successor.toml", lab / "program")
    change(lab, 'kind = "improver"', f'kind = "improver"\nlab = "{name}"')
    refused = run("improve", lab)
    assert refused.code == 2
    assert told in refused.err
    assert not (lab / ".successor").exists()


def test_held_is_a_halt_that_asks_for_a_person(lab: Path) -> None:
    (lab / "improver" / "STOP").touch()
    desk = alternating.ImproverLab("improver")
    desk.require_ready(lab)
    with pytest.raises(Halt) as halted:
        desk.version("")
    assert (halted.value.stop.base_case, halted.value.stop.needs_human) == (alternating.HELD, True)


def test_the_examples_improver_is_that_of_the_improvers_example() -> None:
    for name in ("improver.py",):
        ours = EXAMPLES / "alternating" / "improver" / name
        assert ours.read_text("utf-8") == (EXAMPLES / "improver" / name).read_text("utf-8")
    with pytest.raises(UsageError, match="no lab"):
        load(EXAMPLES)
