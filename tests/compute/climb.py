"""A lab whose exams follow from a seed and no clock: skills, one for each slice."""

# ruff: noqa: ARG001 - a factory takes what a lab gives

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from successor.types import Brief, Draft, Draw, Exam, Slice, Subject, Version, Workspace

SLICES = {"near": 1.0, "middle": 2.0, "far": 3.0}
SKILLS = "skills.json"


def chance(*names: object) -> float:
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


@dataclass(frozen=True)
class Climbing:
    item_s: float = 0.0

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return Draft({SKILLS: workspace.write(json.dumps(dict.fromkeys(SLICES, 0.2)).encode())})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        draw = Draw("training", seed, tuple((name, 40) for name in SLICES))
        return self.examine(version, draw, workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        skills = json.loads(workspace.read(version.files[SKILLS]))
        time.sleep(self.item_s * sum(count for _, count in draw.counts))
        slices = [
            Slice(
                name,
                SLICES[name],
                tuple(
                    float(chance(draw.purpose, draw.seed, name, item) < skills[name])
                    for item in range(count)
                ),
            )
            for name, count in draw.counts
        ]
        workspace.write(f"seen {draw.seed}".encode())
        return Exam(version.id, draw, tuple(slices))

    def parts(self, draw: Draw) -> Sequence[Draw]:
        return [replace(draw, counts=(each,)) for each in draw.counts]


class Climber:
    """Every other candidate is better."""

    name = "climber"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        if len(brief.tried) == 3:
            return None
        skills = json.loads(workspace.read(brief.lineage[-1].files[SKILLS]))
        up = 0.4 if len(brief.tried) else -0.1
        worst = brief.weaknesses[0].slice if brief.weaknesses else "near"
        skills[worst] = min(0.99, skills[worst] + up + chance(brief.seed) / 100)
        return Draft({SKILLS: workspace.write(json.dumps(skills, sort_keys=True).encode())})


def subject(settings: Mapping[str, object], folder: Path, goal: str) -> Climbing:
    item_s = settings.get("item_s", 0.0)
    assert isinstance(item_s, float)
    return Climbing(item_s)


def author(settings: Mapping[str, object], subject: Subject) -> Climber:
    return Climber()
