"""A lab that improves in milliseconds: a number that says how long a sum it can do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from successor.errors import UsageError
from successor.types import Brief, Draft, Draw, Exam, Slice, Subject, Version, Workspace

SIZES = tuple(2**power for power in range(11))


@dataclass(frozen=True)
class Counter:
    """Right on every item up to its ability, wrong on every longer one."""

    ability: int
    pause_s: float

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return Draft({"ability": workspace.write(str(self.ability).encode())})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        counts = tuple((str(size), 20) for size in SIZES)
        return self.examine(version, Draw("training", seed, counts), workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        ability = int(workspace.read(version.files["ability"]))
        parts = [
            Slice(name, float(name), (float(int(name) <= ability),) * count)
            for name, count in draw.counts
        ]
        workspace.progress("examining", 1, 1)
        return Exam(version.id, draw, tuple(parts))


@dataclass(frozen=True)
class Doubler:
    """Writes one candidate in each generation: a version that can do sums twice as long."""

    pause_s: float
    factor: int

    @property
    def name(self) -> str:
        return "doubler"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        if brief.tried:
            return None
        for step in range(10):
            workspace.progress("training", step, 10, loss=1.0 / (step + 1))
            time.sleep(self.pause_s / 10)
        ability = int(workspace.read(brief.lineage[-1].files["ability"]))
        return Draft({"ability": workspace.write(str(ability * self.factor).encode())})


def subject(settings: Mapping[str, object]) -> Counter:
    match dict(settings):
        case {"ability": int(ability)} if ability > 0 and len(settings) == 1:
            return Counter(ability, 0.0)
        case _:
            raise UsageError(f"[subject] ability = {settings.get('ability')!r}: should be above 0")


def author(settings: Mapping[str, object], _: Subject) -> Doubler:
    pause_s, factor = settings.get("pause_s", 0.0), settings.get("factor", 2)
    assert isinstance(pause_s, float)
    assert isinstance(factor, int)
    return Doubler(pause_s, factor)
