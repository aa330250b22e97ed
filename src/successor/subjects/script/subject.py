"""A file that a command evaluates, as a subject: any language, any metric, and much noise.

Two runs differ by chance. Both versions of a pair are run with the same evaluation seed, each
pair has another one, and a coin says who runs first; how many pairs are enough is the judge's to
say. A version whose only change is its own seed has nothing to gain by that.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from hashlib import sha256
from random import Random

from successor.errors import SuccessorError, UsageError
from successor.sandbox import Confinement
from successor.subjects.program import syntax
from successor.subjects.program.results import Answered, Heat, Screening
from successor.subjects.script.evaluator import WORST, Evaluator, Run
from successor.types import Counts, Draft, Draw, Exam, Slice, Version, Workspace

RUNS, COST = "tests", "cost"
"""The slices of an exam: whether the evaluator comes to a metric, and what it is."""


class ScriptSubject:
    """A file, as a subject, as an author's workshop and as a judge's race track."""

    objectives = (COST,)
    function = ""

    def __init__(self, evaluator: Evaluator, goal: str = "") -> None:
        self._evaluator = evaluator
        self.goal = goal
        self.path = evaluator.settings.target
        path = evaluator.folder / self.path
        try:
            self._original = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UsageError(f"{path}: is not UTF-8 text: {error.reason}") from None
        if why := self._flaw(self._original):
            raise UsageError(f"{path}: {why}")

    def close(self) -> None:
        """End the sandbox; it opens anew when it is needed again."""
        self._evaluator.close()

    def allow_unsafe(self) -> None:
        """Let commands run in a container, which is not trusted, where there is no bubblewrap."""
        self._evaluator.unsafe = True

    def confinement(self) -> Confinement | None:
        """The least trusted sandbox that was opened."""
        return self._evaluator.weakest

    # As a subject

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """The file as it is, once it has been evaluated.

        Raises:
            UsageError: when that comes to no metric.
        """
        workspace.progress("evaluating", 0, 1)
        if why := self._evaluator.run(self._original, _seed(seed, "create", 0)).why:
            raise UsageError(f"{self._evaluator.folder}: {why}")
        data = workspace.write(self._original.encode())
        return Draft({self.path: data}, {"nodes": self._size(self._original)})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """A few runs, beside the first version."""
        runs = self._evaluator.settings.exam_runs
        draw = Draw("training", seed, ((RUNS, runs), (COST, runs)))
        return self.examine(version, draw, workspace)

    def asks(self) -> tuple[tuple[str, float], ...]:
        """Whether runs come to a metric, and what it costs."""
        return ((RUNS, 1.0), (COST, 1.0))

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """Whether runs come to a metric, and s / (1 + s), with s the first version's cost over
        this one's: 0.5 is parity.
        """
        source, parts = self.source(version, workspace), list[Slice]()
        for name, count in draw.counts:
            _check(name)
            scores = list[float]()
            for number in range(count):
                workspace.progress("examining", number, count, slice=name)
                seed = _seed(draw.seed, draw.purpose, number)
                mine = self._run(source, seed)
                scores.append(
                    float(not mine.why) if name == RUNS else self._share(mine, source, seed)
                )
            parts.append(Slice(name, 1.0, tuple(scores)))
        counts: Counts = tuple((part.name, len(part.scores)) for part in parts)
        return Exam(version.id, Draw(draw.purpose, draw.seed, counts), tuple(parts))

    def _share(self, mine: Run, source: str, seed: int) -> float:
        if source == self._original:
            return 0.5
        first = self._run(self._original, seed)
        return first.cost / (first.cost + mine.cost)

    def bound(self) -> Mapping[str, bytes]:
        """The file and all that is beside it: changed, it is another experiment."""
        return {**self._evaluator.beside, self.path: self._original.encode()}

    # As a workshop

    def source(self, version: Version, workspace: Workspace) -> str:
        """The text of the file in a version."""
        return workspace.read(version.files[self.path]).decode("utf-8-sig")

    def screen(self, source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        """One run of a variant beside one of the incumbent, with the same evaluation seed."""
        if why := self._flaw(source):
            return Screening(correct=False, why=why)
        workspace.progress("screening", 0, 0)
        theirs = self.source(incumbent, workspace)
        new, old = (self._run(each, _seed(seed, "screen", 0)) for each in (source, theirs))
        size = self._size(source)
        if new.why:
            return Screening(correct=False, why=new.why, nodes=size)
        gains = {COST: old.cost / new.cost, "size": self._size(theirs) / max(1, size)}
        return Screening(correct=True, why="", gains=gains, nodes=size)

    def failures(self, incumbent: Version, seed: int, workspace: Workspace) -> tuple[str, ...]:
        """None: a run has a metric, and no items."""
        return ()

    def draft(
        self, source: str, incumbent: Version, workspace: Workspace, **figures: float | str
    ) -> Draft:
        """A candidate: this text."""
        told = {"nodes": self._size(source), **figures}
        return Draft({**incumbent.files, self.path: workspace.write(source.encode())}, told)

    # As a race track

    def ask(
        self, candidate: Version, incumbent: Version, draw: Draw, corpus: Sequence[bytes],
        work: Workspace,
    ) -> Answered:  # fmt: skip
        """Whether either comes to a metric; nothing else about a file is right or wrong."""
        new, old = self.source(candidate, work), self.source(incumbent, work)
        parts, notes = list[tuple[str, tuple[float, ...], tuple[float, ...]]](), list[str]()
        found = list[bytes]()
        for name, count in draw.counts:
            _check(name)
            pairs = [self._pair(new, old, draw, number) for number in range(count)]
            marks = [tuple(float(not each[place].why) for each in pairs) for place in (0, 1)]
            parts.append((name, marks[0], marks[1]))
            for number, (mine, theirs) in enumerate(pairs):
                if mine.why and not theirs.why:
                    found.append(
                        f"SUCCESSOR_SEED={_seed(draw.seed, draw.purpose, number)}".encode()
                    )
                    notes.append(mine.why)
        return Answered(tuple(parts), tuple(found), tuple(notes))

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[Heat, ...]:
        """A pair of runs for each item, with an evaluation seed of its own; costs, not seconds."""
        new, old = self.source(candidate, work), self.source(incumbent, work)
        heats = list[Heat]()
        for name, count in draw.counts:
            for number in range(count):
                work.progress("judging", number, count, pairs=count)
                mine, theirs = self._pair(new, old, draw, number)
                heats.append(Heat(name, mine.cost, theirs.cost))
        return tuple(heats)

    def weigh(
        self, candidate: Version, incumbent: Version, work: Workspace
    ) -> Mapping[str, tuple[float, float]]:
        """The sizes of both texts."""
        new, old = (float(self._size(self.source(e, work))) for e in (candidate, incumbent))
        return {"size": (new, old)}

    def suspicions(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[str, ...]:
        """None: what a file may do, the evaluator has to know."""
        return ()

    def _pair(self, new: str, old: str, draw: Draw, number: int) -> tuple[Run, Run]:
        """Both with one evaluation seed, in an order that a coin tells."""
        seed = _seed(draw.seed, draw.purpose, number)
        if Random(f"{seed}/order").random() < 0.5:
            return self._run(new, seed), self._run(old, seed)
        theirs = self._run(old, seed)
        return self._run(new, seed), theirs

    def _run(self, source: str, seed: int) -> Run:
        if why := self._flaw(source):
            return Run(WORST, why)
        return self._evaluator.run(source, seed)

    def _flaw(self, source: str) -> str:
        """Why a text cannot stand in for the file, whatever it comes to; "" when it can."""
        try:
            held, kept = map(syntax.outside_regions, (self._original, source))
            if self.path.endswith(".py"):
                ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return f"does not parse: {error}"
        return "changes the file outside of its evolve regions" if held not in (None, kept) else ""

    def _size(self, source: str) -> int:
        """Nodes of the syntax tree of Python, words of anything else."""
        is_python = self.path.endswith(".py") and not self._flaw(source)
        return syntax.nodes(source) if is_python else len(source.split())


def _check(name: str) -> None:
    if name not in (RUNS, COST):
        raise SuccessorError(f"{name!r}: no such slice")


def _seed(seed: int, purpose: str, number: int) -> int:
    """An evaluation seed, in [0, 2^31)."""
    text = f"{purpose}/{seed}/{number}".encode()
    return int.from_bytes(sha256(text).digest()[:4], "big") >> 1
