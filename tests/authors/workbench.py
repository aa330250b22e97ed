"""A workshop for trusted sources: it runs them in this process, and scores them by a cost."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias

from successor.authors.workshop import Screening
from successor.errors import Halt
from successor.types import Brief, Digest, Draft, Draw, Exam, Stop, Version, Workspace

Cost: TypeAlias = Callable[[Callable[..., Any], int], float]
"""What running a function costs, above 0 and lower is better; raises when it is not correct."""
PATH = "target.py"


class Desk:
    """A workspace in memory, that can be halted at a number of reports."""

    def __init__(self, halt_after: float = math.inf) -> None:
        self.objects: dict[Digest, bytes] = {}
        self.saved: bytes | None = None
        self.reports = 0
        self.halt_after = halt_after

    def read(self, digest: Digest) -> bytes:
        return self.objects[digest]

    def write(self, data: bytes) -> Digest:
        digest = sha256(data).hexdigest()
        self.objects[digest] = data
        return digest

    def checkpoint(self, state: bytes) -> None:
        self.saved = state

    def resume(self) -> bytes | None:
        return self.saved

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        self.reports += 1
        if self.reports >= self.halt_after:
            raise Halt(Stop("test", "halted"))


@dataclass
class Bench:
    """Implements `Workshop` for one function of one file, and no more of `Subject` than that."""

    cost: Cost
    function: str = "target"
    objectives: tuple[str, ...] = ("score",)
    path: str = PATH
    goal: str = "a better score"
    wrong: tuple[str, ...] = ()
    screened: list[str] = field(default_factory=list[str])

    def create(self, seed: int, workspace: Workspace) -> Draft:
        raise NotImplementedError

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        raise NotImplementedError

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        raise NotImplementedError

    def source(self, version: Version, workspace: Workspace) -> str:
        return workspace.read(version.files[self.path]).decode()

    def screen(self, source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        self.screened.append(source)
        nodes = sum(1 for _ in ast.walk(ast.parse(source)))
        try:
            cost = self.run(source, seed)
        except Exception as error:  # noqa: BLE001 - whatever a variant raises
            return Screening(False, repr(error), {}, nodes)
        before = self.run(self.source(incumbent, workspace), seed)
        gain = before / cost if cost else math.inf
        return Screening(True, "", {self.objectives[0]: gain}, nodes)

    def failures(self, incumbent: Version, seed: int, workspace: Workspace) -> tuple[str, ...]:
        return self.wrong

    def run(self, source: str, seed: int) -> float:
        """The cost of a source."""
        names: dict[str, Any] = {}
        exec(compile(source, PATH, "exec"), names)  # noqa: S102 - the tests' own sources
        return self.cost(names[self.function], seed)

    def draft(
        self, source: str, incumbent: Version, workspace: Workspace, **figures: float | str
    ) -> Draft:
        return Draft({self.path: workspace.write(source.encode())}, figures)


def version_of(source: str, desk: Desk, name: str = "first") -> Version:
    """A version whose only file is that source."""
    return Version(name, {PATH: desk.write(source.encode())}, (), "subject")


def brief_of(*lineage: Version, seed: int = 1, tried: tuple[Version, ...] = ()) -> Brief:
    """A brief that asks to better the last of the lineage."""
    return Brief(1, seed, lineage, (), (), tried, len(tried))


def came_to_nothing(draft: Draft | None) -> bool:
    """Whether no files were handed in, but at most what looking for them has cost."""
    return draft is None or not draft.files


def always_one(_: Callable[..., Any], __: int) -> float:
    """The cost where nothing makes a difference."""
    return 1.0


def regression(truth: Callable[[float], float]) -> Cost:
    """The root of the mean squared error on 20 points that the seed draws from -5 to 5."""

    def cost(function: Callable[..., Any], seed: int) -> float:
        rng = random.Random(seed)
        xs = [rng.uniform(-5, 5) for _ in range(20)]
        error = math.sqrt(sum((float(function(x)) - truth(x)) ** 2 for x in xs) / len(xs))
        if math.isnan(error):
            raise ValueError("not a number")
        return error if error > 1e-9 else 0.0

    return cost
