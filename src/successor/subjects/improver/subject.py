"""The subject `improver`: a strategy that makes other things better, judged by how fast it does."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from successor.errors import UsageError
from successor.sandbox import Confinement, Limits
from successor.subjects.improver.advice import Advice
from successor.subjects.improver.attempts import Arena, Attempt
from successor.subjects.improver.items import AREA, SLICES, Item, drawn, slice_of
from successor.subjects.improver.settings import Settings
from successor.subjects.improver.spaces import Candidate, Space
from successor.subjects.improver.task import Task
from successor.subjects.program import syntax
from successor.subjects.program.bench import Bench
from successor.subjects.program.racing import REACHING
from successor.subjects.program.results import Answered, Heat, Screening
from successor.subjects.prompt.opening import Opening
from successor.types import Counts, Draft, Draw, Exam, Slice, Version, Workspace

ENTRY = "improve"
_MOST_TOLD = 3


class ImproverSubject:
    """A file, as a subject, as an author's workshop and as a judge's race track."""

    objectives = (AREA,)
    function = ""

    def __init__(self, settings: Settings, folder: Path, goal: str = "") -> None:
        self.settings = settings
        self.goal = goal
        self.path = settings.target
        self._original = _read(folder, settings.target)
        if why := self._flaw(self._original):
            raise UsageError(f"{folder / settings.target}: {why}")
        limits = Limits(
            wall_s=settings.wall_s, cpu_s=settings.wall_s, memory_bytes=settings.memory_mb << 20
        )
        self._bench = Bench(limits, settings.tier)
        self._advice = Advice(settings, Opening())
        self._arena = Arena(self._bench, settings.evaluations, settings.cpu_s, self._advice)
        self._known: dict[tuple[str, Draw], list[Attempt]] = {}

    def close(self) -> None:
        """End the sandbox, and give the model back; both open anew when they are needed again."""
        self._bench.close()
        self._advice.close()

    def allow_unsafe(self) -> None:
        """Let the sandbox be one that does not hold, where there is no other."""
        self._bench.unsafe = True

    def confinement(self) -> Confinement | None:
        """The least trusted sandbox that was opened."""
        return self._bench.weakest

    def bound(self) -> Mapping[str, bytes]:
        """The file that it began with."""
        return {self.path: self._original.encode()}

    # As a subject

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """The file as it is, once it has been tried.

        Raises:
            UsageError: when it fails at a task.
        """
        workspace.progress("trying", 0, 1)
        for attempt in self.attempts(self._original, self._training(seed, 2)):
            if attempt.why:
                raise UsageError(f"{self.path}: {attempt.why}")
        data = workspace.write(self._original.encode())
        return Draft({self.path: data}, {"nodes": syntax.nodes(self._original)})

    def asks(self) -> tuple[tuple[str, float], ...]:
        """A slice for each space that candidates come of."""
        return tuple((name, 1.0) for name in SLICES)

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """Every space, with tasks of training families."""
        return self.examine(version, self._training(seed, self.settings.exam_items), workspace)

    def parts(self, draw: Draw) -> tuple[Draw, ...]:
        """A slice each: what one asks follows from the seed and its own name."""
        return tuple(replace(draw, counts=(each,)) for each in draw.counts)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """Area under the curve of the best so far, of each task of a draw."""
        workspace.progress("examining", 0, sum(count for _, count in draw.counts))
        before = self._advice.spent
        attempts = self.attempts(self.source(version, workspace), draw)
        scores, sizes = self._scores(attempts), dict(self.asks())
        parts = [Slice(name, sizes[name], scores[name]) for name, _ in draw.counts]
        spent = self._advice.spent
        figures = {"calls": spent.calls - before.calls, "tokens": spent.tokens - before.tokens}
        told = figures if self._advice.questions else {}
        return Exam(version.id, draw, tuple(parts), {"unit": "space", **told})

    # As a workshop

    def source(self, version: Version, workspace: Workspace) -> str:
        """The text of a version."""
        return workspace.read(version.files[self.path]).decode()

    def screen(self, source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        """A variant beside the incumbent, at the same few tasks of training families."""
        if why := self._flaw(source):
            return Screening(correct=False, why=why)
        workspace.progress("screening", 0, 0)
        draw, theirs = (
            self._training(seed, self.settings.screen_items),
            self.source(incumbent, workspace),
        )
        new, size = self.attempts(source, draw), syntax.nodes(source)
        if why := next((each.why for each in new if each.why), ""):
            return Screening(correct=False, why=why, nodes=size)
        missing = [1 - self._mean(each) for each in (self.attempts(theirs, draw), new)]
        gains = {AREA: missing[0] / max(missing[1], 1e-9), "size": syntax.nodes(theirs) / size}
        return Screening(correct=True, why="", gains=gains, nodes=size)

    def pursue(
        self, source: str, size: int, evaluations: int, seed: int,
        price: Callable[[Candidate], float],
    ) -> None:  # fmt: skip
        """Set a version to a task of ours: points of [0, 1]^size, priced by us."""
        task = Task("itself", Space("reals", size), price, -math.inf)
        arena = replace(self._arena, evaluations=evaluations)
        arena.attempts(source, [Item(slice_of("reals"), task, 0.0, seed)])

    def failures(self, incumbent: Version, seed: int, workspace: Workspace) -> tuple[str, ...]:
        """The training families that it is worst at."""
        draw = self._training(seed, self.settings.exam_items)
        found = dict[str, list[float]]()
        for attempt in self.attempts(self.source(incumbent, workspace), draw):
            score = attempt.score(self.settings.evaluations)
            found.setdefault(attempt.item.task.family, []).append(score)
        means = sorted((sum(each) / len(each), name) for name, each in found.items())
        return tuple(f"{name}: {mean:.2f} of 1" for mean, name in means[:_MOST_TOLD])

    def draft(
        self, source: str, incumbent: Version, workspace: Workspace, **figures: float | str
    ) -> Draft:
        """A candidate: this text."""
        told = {"nodes": syntax.nodes(source), **figures}
        return Draft({**incumbent.files, self.path: workspace.write(source.encode())}, told)

    # As a race track

    def ask(
        self, candidate: Version, incumbent: Version, draw: Draw, corpus: Sequence[bytes],
        work: Workspace,
    ) -> Answered:  # fmt: skip
        """Both at the same tasks. One that a version fails at refutes it, if the other does not."""
        new, old = (self.attempts(self.source(e, work), draw) for e in (candidate, incumbent))
        mine, theirs = self._scores(new), self._scores(old)
        lost = [a for a, b in zip(new, old, strict=True) if a.why and not b.why]
        return Answered(
            tuple((name, mine[name], theirs[name]) for name, _ in draw.counts),
            tuple(f"{draw.seed}/{each.item.chances}".encode() for each in lost),
            tuple(each.why for each in lost),
        )

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[Heat, ...]:
        """None: tasks are scored, and nothing is timed."""
        return ()

    def weigh(
        self, candidate: Version, incumbent: Version, work: Workspace
    ) -> Mapping[str, tuple[float, float]]:
        """Nodes of both syntax trees."""
        new, old = (self.source(each, work) for each in (candidate, incumbent))
        theirs = float(syntax.nodes(old))
        return {"size": (theirs if self._flaw(new) else float(syntax.nodes(new)), theirs)}

    def suspicions(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[str, ...]:
        """What no honest improver does: reach for what runs it, or answer before it is asked."""
        new, old = (self.source(each, work) for each in (candidate, incumbent))
        if self._flaw(new):
            return ()
        mine, theirs = (
            {name.partition(".")[0] for name in syntax.imports(ast.parse(each))}
            for each in (new, old)
        )
        told = [
            f"begins to import {name!r}, with which a program gets at what runs it"
            for name in sorted((mine - theirs) & REACHING)
        ]
        if any(each.status == "forged" for each in self.attempts(new, draw)):
            told.append("sends answers that nobody asked for")
        return tuple(told)

    # What both sides are asked

    def attempts(self, source: str, draw: Draw) -> list[Attempt]:
        """What a text makes of a draw; asked again, what it made of it before."""
        if why := self._flaw(source):
            return [_failed(item, why) for item in drawn(draw)]
        key = (source, draw)
        if key not in self._known:
            if len(self._known) >= 64:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self._arena.attempts(source, drawn(draw))
        return self._known[key]

    def _training(self, seed: int, items: int) -> Draw:
        counts: Counts = tuple((name, items) for name in SLICES)
        return Draw("training", seed, counts)

    def _scores(self, attempts: Sequence[Attempt]) -> dict[str, tuple[float, ...]]:
        found = {name: list[float]() for name in SLICES}
        for attempt in attempts:
            found[attempt.item.slice].append(attempt.score(self.settings.evaluations))
        return {name: tuple(scores) for name, scores in found.items()}

    def _mean(self, attempts: Sequence[Attempt]) -> float:
        return sum(each.score(self.settings.evaluations) for each in attempts) / len(attempts)

    def _flaw(self, source: str) -> str:
        """Why a text is no improver, whatever it comes to; "" when it may be one."""
        try:
            tree = ast.parse(source)
            held, kept = map(syntax.outside_regions, (self._original, source))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return f"does not parse: {error}"
        if not any(isinstance(n, ast.FunctionDef) and n.name == ENTRY for n in tree.body):
            return f"has no function {ENTRY}(task)"
        return "changes the file outside of its evolve regions" if held not in (None, kept) else ""


def _failed(item: Item, why: str) -> Attempt:
    attempt = Attempt(item)
    attempt.fail(why)
    return attempt


def _read(folder: Path, name: str) -> str:
    where, path = f"[subject] target = {name!r}", (folder / name).resolve()
    if path.parent != folder.resolve() or path.suffix != ".py" or path.name != name:
        raise UsageError(f"{where}: should be a Python file in the lab's folder")
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"{where}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{where}: is not UTF-8 text") from None
