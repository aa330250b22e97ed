"""The Pareto front: what trades one goal for another, and what has no place on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from successor.cli import run_command
from successor.insight.front import Standing, standings
from successor.insight.report.writing import report_of
from successor.ledger import Ledger
from successor.loop import Parts, run
from successor.types import (
    Brief,
    Counts,
    Decision,
    Draft,
    Draw,
    Exam,
    Record,
    Slice,
    Stop,
    Verdict,
    Version,
    Workspace,
)


@dataclass(frozen=True)
class Told:
    """What comes of one version: speed and memory beside the first."""

    speedup: float
    memory: float
    outcome: str = "rejected"
    lost: tuple[str, ...] = ()
    correct: float = 1.0
    tripwires: tuple[str, ...] = ()


FIRST = Told(1.0, 1.0)


@dataclass
class Lab:
    """All four parts, which find what they are told to."""

    plot: Mapping[str, Told]
    goals: tuple[str, ...] = ("speed", "memory")
    written: list[str] = field(default_factory=list[str])

    name = "told"

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return self._draft("first", workspace)

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        left = [name for name in self.plot if name not in self.written]
        return self._draft(left[0], workspace) if left else None

    def _draft(self, name: str, workspace: Workspace) -> Draft:
        self.written.append(name)
        return Draft({"text": workspace.write(name.encode())})

    def told(self, version: Version, workspace: Workspace) -> Told:
        return self.plot.get(workspace.read(version.files["text"]).decode(), FIRST)

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        return self.examine(version, Draw("training", seed, ()), workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        told = self.told(version, workspace)
        slices = (
            Slice("agreement/4", 4.0, (told.correct,)),
            Slice("speed/4", 4.0, (told.speedup / (1 + told.speedup),)),
        )
        return Exam(version.id, draw, slices)

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        new, old = self.told(candidate, work), self.told(incumbent, work)
        weighed = {"candidate": 1000 / new.memory, "incumbent": 1000 / old.memory}
        kept: dict[str, object] = {"speed": {"draws": []}, "memory": weighed}
        found: dict[str, object] = {
            "correctness": [],
            "objectives": {name: kept[name] for name in self.goals},
        }
        better = new.outcome == "promoted"
        return Verdict(
            candidate=candidate.id, incumbent=incumbent.id,
            outcome="better" if better else "not better", e_value=1.0, threshold=20.0, effect=0.0,
            interval=(-1.0, 1.0), items=1, seed=seed, reason="as told", regressions=new.lost,
            tripwires=new.tripwires, evidence=work.write(json.dumps(found).encode()),
        )  # fmt: skip

    def decide(self, verdict: Verdict, record: Record) -> Decision:
        if verdict.tripwires:
            outcome = "quarantined"
        else:
            outcome = "promoted" if verdict.outcome == "better" else "rejected"
        return Decision(verdict.candidate, outcome, "as told", "policy")

    def to_confirm(self, record: Record) -> Counts:
        return ()

    def base_case(self, record: Record) -> Stop | None:
        return Stop("done", "all is told") if len(self.written) > len(self.plot) else None


def front_of(folder: Path, plot: Mapping[str, Told], *goals: str) -> dict[str, Standing]:
    """By name, what stands on the front."""
    lab = Lab(plot, goals or ("speed", "memory"))
    settings = {"lab": {"goal": "faster, less memory"}}
    with Ledger.open(folder / ".successor", settings=settings, seed=7) as ledger:
        ledger.started()
        run(Parts(ledger, lab, lab, lab, lab))
    with Ledger.read(folder / ".successor") as ledger:
        names = {
            each.version: ledger.object(ledger.version(each.version).files["text"]).decode()
            for each in standings(ledger)
        }
        return {names[each.version]: each for each in standings(ledger) if each.on_front}


def test_each_is_there_that_no_other_beats_on_every_goal(tmp_path: Path) -> None:
    found = front_of(
        tmp_path,
        {
            "fast": Told(5.0, 0.5, lost=("memory",)),
            "small": Told(0.5, 4.0, lost=("speed/4",)),
            "beaten": Told(4.0, 0.5, lost=("memory",)),
        },
    )
    assert set(found) == {"first", "fast", "small"}
    assert found["fast"].gains == pytest.approx({"speedup": 5.0, "memory": 0.5})
    assert found["small"].outcome == "rejected"


def test_what_is_weighed_is_told_beside_the_first_along_the_line(tmp_path: Path) -> None:
    found = front_of(
        tmp_path,
        {
            "better": Told(2.0, 2.0, "promoted"),
            "faster yet": Told(9.0, 1.5, lost=("memory",)),
        },
    )
    assert set(found) == {"better", "faster yet"}, "the first is beaten by what took over"
    assert found["faster yet"].gains == pytest.approx({"speedup": 9.0, "memory": 1.5})


@pytest.mark.parametrize(
    "bad",
    [
        Told(50.0, 0.5, lost=("agreement/4",)),
        Told(50.0, 0.5, lost=("memory",), correct=0.5),
        Told(50.0, 0.5, lost=("memory",), tripwires=("reads the clock",)),
    ],
    ids=["lost an answer", "wrong", "cheats"],
)
def test_what_is_wrong_or_cheats_has_no_place(tmp_path: Path, bad: Told) -> None:
    found = front_of(tmp_path, {"bad": bad, "fast": Told(5.0, 0.5, lost=("memory",))})
    assert set(found) == {"first", "fast"}


def test_one_goal_makes_no_front(tmp_path: Path) -> None:
    assert front_of(tmp_path, {"slow": Told(0.5, 1.0, lost=("speed/4",))}, "speed") == {}


def test_people_see_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    front_of(tmp_path, {"fast": Told(5.0, 0.5, lost=("memory",))})
    (tmp_path / "successor.toml").write_text("[lab]\n")
    assert run_command(["front", str(tmp_path)]) == 0
    table = capfd.readouterr().out
    assert "in charge" in table
    assert "rejected" in table
    assert run_command(["front", str(tmp_path), "--json"]) == 0
    told = json.loads(capfd.readouterr().out)["front"]
    keys = {"version", "author", "outcome", "gains", "reason"}
    assert [each.keys() for each in told] == [keys, keys]
    assert "What trades one goal for another" in report_of(tmp_path / ".successor")
