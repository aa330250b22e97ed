"""A record as a real run would leave it, made by the real ledger and loop from a told story.

python -m insight.told_run FOLDER   (with tests on the path) writes it, and its report, there
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

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

SETTINGS = {
    "lab": {"goal": "Add numbers of <any> length", "seed": 7, "stage": 4},
    "subject": {"kind": "model/adder", "labelled": 8},
    "author": {"kind": "training", "strategy": "amplify"},
    "base_cases": {"target": ["horizon", 256.0], "wall_clock": 1800.0},
}
# Ability of each version in the order written: generation by generation, and which fail.
ABILITIES = (9.0, 17.0, 14.0, 34.0, 66.0, 61.0, 58.0, 131.0, 265.0)
BETTER = {17.0, 34.0, 66.0, 131.0, 265.0}


@dataclass
class Clock:
    """Time that passes only when told to."""

    now: float = 1_790_000_000.0

    def time(self) -> float:
        self.now += 0.01
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Told:
    """Subject, author, judge and overseer of the story, all in one."""

    clock: Clock
    chance: random.Random = field(default_factory=lambda: random.Random(3))
    written: int = 0

    @property
    def name(self) -> str:
        return "training"

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return self._draft(workspace, base=True)

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        return None if len(brief.tried) > 1 else self._draft(workspace, base=False)

    def _draft(self, workspace: Workspace, *, base: bool) -> Draft:
        ability = ABILITIES[self.written]
        self.written += 1
        label_s, train_s = (0.0, 62.0) if base else (6.0 + ability / 9, 21.0 + ability / 30)
        self.clock.sleep(label_s + train_s + 0.7)
        figures: dict[str, float | int | str] = {"loss": 0.004 / ability, "train_s": train_s}
        figures |= {"tokens": int(9000 * train_s), "unit": "digits"}
        if not base:
            precision = 0.999 if ability in BETTER else 0.81
            figures |= {"yield": 0.93 - 0.002 * ability, "label_precision": precision}
            figures |= {"label_s": label_s, "labels": 4096}
        return Draft({"weights": workspace.write(str(ability).encode())}, figures)

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        sizes = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
        counts = [((str(size), 64), (f"{size} carries", 16)) for size in sizes]
        draw = Draw("training", seed, tuple(part for pair in counts for part in pair))
        return self.examine(version, draw, workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        ability = float(workspace.read(version.files["weights"]))
        self.clock.sleep(2.0)
        return Exam(version.id, draw, tuple(self._slice(*part, ability) for part in draw.counts))

    def _slice(self, name: str, count: int, ability: float) -> Slice:
        size = float(name.split(maxsplit=1)[0])
        share = 1 / (1 + math.exp(6 * (math.log2(size) - math.log2(ability))))
        return Slice(name, size, tuple(float(self.chance.random() < share) for _ in range(count)))

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        better = float(work.read(candidate.files["weights"])) in BETTER
        self.clock.sleep(4.5)
        return Verdict(
            candidate=candidate.id,
            incumbent=incumbent.id,
            outcome="better" if better else "not better",
            e_value=3.1e7 * self.chance.random() if better else 0.07,
            threshold=40.0 * (1 + len(record.verdicts())),
            effect=0.41 if better else -0.02,
            interval=(0.33, 0.49) if better else (-0.06, 0.02),
            items=256,
            seed=seed,
            reason="evidence beyond the threshold" if better else "the evidence <ran> out",
            regressions=() if better else ("8 carries",),
        )

    def decide(self, verdict: Verdict, record: Record) -> Decision:
        if verdict.outcome == "better":
            return Decision(verdict.candidate, "promoted", "better, at stage 4", "policy")
        return Decision(verdict.candidate, "rejected", "not better & regressed", "policy")

    def to_confirm(self, record: Record) -> Counts:
        return ()

    def base_case(self, record: Record) -> Stop | None:
        if self.written < len(ABILITIES):
            return None
        return Stop("target", "horizon is 257, the target 256")


def tell(folder: Path, set_clock: Callable[[Clock], None]) -> Path:
    """Write the record of the story to `folder`; the ledger's clock is the story's."""
    clock = Clock()
    set_clock(clock)
    folder.mkdir(parents=True, exist_ok=True)
    told = Told(clock)
    with Ledger.open(folder / ".successor", settings=SETTINGS, seed=7) as ledger:
        ledger.started({"cores": 2, "python": "3.11.7", "torch": "2.13.0+cpu"})
        run(Parts(ledger, told, told, told, told))
    return folder / ".successor"


if __name__ == "__main__":
    from successor.insight.report.writing import write_report
    from successor.ledger import journal

    place = Path(sys.argv[1])
    record = tell(place, lambda clock: setattr(journal, "time", clock))
    sys.stdout.write(f"{write_report(record, place / 'report.html')}\n")
