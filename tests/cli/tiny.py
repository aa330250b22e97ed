"""A lab that improves in milliseconds: a number that says how long a sum it can do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from successor.errors import UsageError
from successor.types import Brief, Draft, Draw, Exam, Slice, Subject, Version, Workspace

SIZES = tuple(2**power for power in range(11))


@dataclass(frozen=True)
class Counter:
    """Right on every item up to its ability, wrong on every longer one.

    One that forgets loses size 1 once it is past 8, but only where no judge looks. At the
    ability where it is lucky, its own exam says more than fresh items confirm.
    """

    ability: int = 4
    forgets: bool = False
    lucky: int = 0

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return Draft({"ability": workspace.write(str(self.ability).encode())})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        counts = tuple((str(size), 20) for size in SIZES)
        return self.examine(version, Draw("training", seed, counts), workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        ability = int(workspace.read(version.files["ability"]))
        if draw.purpose == "confirmation" and ability == self.lucky:
            ability -= 1
        lost = self.forgets and ability > 8 and draw.purpose == "training"
        parts = [
            Slice(name, float(name), (float(lost < int(name) <= ability),) * count)
            for name, count in draw.counts
        ]
        workspace.progress("examining", 1, 1)
        return Exam(version.id, draw, tuple(parts))


@dataclass(frozen=True)
class Doubler:
    """Writes one candidate in each generation: a version that can do sums twice as long."""

    pause_s: float = 0.0
    """How long it takes, telling how far it is."""
    stubborn_s: float = 0.0
    """How long it works without a word."""
    most: float = 1e9
    """The ability from which on it has nothing to try."""

    @property
    def name(self) -> str:
        return "doubler"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        if brief.tried:
            return None
        for step in range(50):
            workspace.progress("training", step, 50, loss=1.0 / (step + 1))
            time.sleep(self.pause_s / 50)
        time.sleep(self.stubborn_s)
        ability = int(workspace.read(brief.lineage[-1].files["ability"]))
        if ability >= self.most:
            return None
        return Draft({"ability": workspace.write(str(ability * 2).encode())})


def subject(settings: Mapping[str, object], _: Path, __: str) -> Counter:
    match dict(settings):
        case {"ability": int(ability), **others} if ability > 0:
            lucky = others.get("lucky", 0)
            assert isinstance(lucky, int)
            return Counter(ability, forgets=bool(others.get("forgets")), lucky=lucky)
        case _:
            raise UsageError(f"[subject] ability = {settings.get('ability')!r}: should be above 0")


def author(settings: Mapping[str, object], _: Subject) -> Doubler:
    named = {key: value for key, value in settings.items() if isinstance(value, float)}
    return Doubler(**named)
