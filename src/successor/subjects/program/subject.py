"""The subject `program`: a function that improves, judged beside what it was at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from successor.sandbox import Confinement
from successor.subjects.program import memory, planted, racing, rivals, syntax
from successor.subjects.program.examining import evaluate, examine
from successor.subjects.program.goals import Goal
from successor.subjects.program.ground import Given, Ground, bench_for, describe, learn
from successor.subjects.program.mending import complaints, diagnose
from successor.subjects.program.results import Answered, Heat, Question, Screening
from successor.subjects.program.screening import Screener
from successor.subjects.program.settings import Objective
from successor.types import Draft, Draw, Exam, Version, Workspace


class ProgramSubject:
    """A program, as a subject, as an author's workshop and as a judge's race track.

    Nothing runs before it is needed; the first question has the original looked at, which takes
    a second or so and may find that it cannot be judged (UsageError).
    """

    def __init__(self, given: Given, goal: Goal) -> None:
        self._given = given
        self._goal = goal
        self._bench = bench_for(given)

    @cached_property
    def ground(self) -> Ground:
        """What is known about the original.

        Raises:
            UsageError: when it cannot be judged.
        """
        wanted = self._given.settings.objectives or self._goal.objectives
        return learn(self._given, wanted, self._bench)

    @cached_property
    def _screener(self) -> Screener:
        return Screener(self.ground)

    def close(self) -> None:
        """End the sandbox; it opens anew when it is needed again."""
        self._bench.close()

    def allow_unsafe(self) -> None:
        """Let the sandbox be one that does not hold, where there is no other."""
        self._bench.unsafe = True

    def confinement(self) -> Confinement | None:
        """The least trusted sandbox that was opened."""
        return self._bench.weakest

    # As a subject

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """The original, once it has been looked at."""
        workspace.progress("reading", 0, 1)
        target = self.ground.target
        files = {path: workspace.write(data) for path, data in sorted(target.files.items())}
        told = {name: "\n".join(lines) for name, lines in self.report().items() if lines}
        return Draft(files, {"nodes": syntax.nodes(target.source), **told})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """Every slice: tests, agreement, errors, accuracy, cost, speed."""
        told = self._given.settings
        return evaluate(self.ground, version, seed, workspace, told.exam_items, told.exam_s)

    def asks(self) -> tuple[tuple[str, float], ...]:
        """Every slice; the original is looked at for that."""
        ground = self.ground
        return tuple((name, float(ground.questions.size(name))) for name in ground.slices())

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """The items of a draw."""
        return examine(self.ground, version, draw, workspace)

    def report(self) -> Mapping[str, tuple[str, ...]]:
        """In lines: what is pinned, what is assumed, and what of the goal was not understood."""
        found = dict(describe(self.ground))
        if self._goal.unknown:
            words = ", ".join(repr(word) for word in self._goal.unknown)
            found["notes"] += (f"not understood in the goal: {words}",)
        return found

    def bound(self) -> Mapping[str, bytes]:
        """Every file of the lab that judging depends on: changed, it is another experiment."""
        return self._given.bound()

    # As a workshop

    @property
    def goal(self) -> str:
        """What the program should become, as it was said."""
        return self._goal.text

    @property
    def path(self) -> str:
        """The file that may change."""
        return self._given.target.path

    @property
    def function(self) -> str:
        """Dotted name; "" when the whole file is the target."""
        return self._given.target.function

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """What to improve, most important first."""
        return self.ground.objectives

    def source(self, version: Version, workspace: Workspace) -> str:
        """The text of the file in a version."""
        return self.ground.source(version, workspace)

    def screen(self, source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        """A quick look at a variant beside the incumbent; tens of milliseconds."""
        return self._screener.screen(source, self.source(incumbent, workspace), seed)

    def failures(self, incumbent: Version, seed: int, workspace: Workspace) -> tuple[str, ...]:
        """What a version gets wrong of the items that authors may see, a few lines."""
        source = self.source(incumbent, workspace)
        told = self._screener.failures(source, seed)
        if "repair" not in self.objectives:
            return told
        return (*complaints(self.ground, self.ground.files(source)), *told)

    def suspects(self, incumbent: Version, workspace: Workspace) -> tuple[tuple[int, float], ...]:
        """(line, suspicion in (0, 1]) of the target's file, by the tests that run it and fail."""
        ground = self.ground
        files = ground.files(ground.source(incumbent, workspace))
        return tuple((each.line, each.suspicion) for each in diagnose(ground, files).suspects)

    def parted(
        self, sources: Sequence[str], seed: int, workspace: Workspace
    ) -> tuple[Question, ...]:
        """What to ask about repairs that pass all tests and answer otherwise on fresh inputs."""
        return rivals.questions(self.ground, sources, seed)

    def draft(
        self, source: str, incumbent: Version, workspace: Workspace, **figures: float | str
    ) -> Draft:
        """A candidate: the incumbent with this text."""
        digest = workspace.write(self._given.target.encoded(source))
        told = {"nodes": syntax.nodes(source), **figures}
        return Draft({**incumbent.files, self.path: digest}, told)

    # As a race track

    def ask(
        self, candidate: Version, incumbent: Version, draw: Draw, corpus: Sequence[bytes],
        work: Workspace,
    ) -> Answered:  # fmt: skip
        """Fresh items, and the counterexamples of the past, put to both."""
        return racing.ask(racing.pair(self.ground, candidate, incumbent, work), draw, corpus)

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[Heat, ...]:
        """Timings of both on the same fresh inputs, or what their answers cost."""
        return racing.race(racing.pair(self.ground, candidate, incumbent, work), draw)

    def weigh(
        self, candidate: Version, incumbent: Version, work: Workspace
    ) -> Mapping[str, tuple[float, float]]:
        """Nodes of both versions' syntax trees, what is certain of the cost of answers, and the
        memory that they need for inputs that nobody knows before the candidate is there.
        """
        both = racing.pair(self.ground, candidate, incumbent, work)
        found = {**racing.weigh(both)}
        if "repair" in self.objectives:
            fails = [float(len(self.ground.failing(each))) for each in
                     (both.incumbent if both.flaw else both.candidate, both.incumbent)]  # fmt: skip
            found["repair"] = (fails[0], fails[1])
        if "memory" not in self.objectives or both.flaw:
            return found
        seed = f"held-out/{candidate.id}/{incumbent.id}"
        needed = memory.weighed(self.ground, both.candidate, both.incumbent, seed)
        return {**found, "memory": needed}

    def planted(self, candidate: Version, incumbent: Version, work: Workspace) -> tuple[str, ...]:
        """What the candidate passed of that which cannot be passed."""
        both = racing.pair(self.ground, candidate, incumbent, work)
        return () if both.flaw else planted.passed(self.ground, both.candidate, both.incumbent)

    def suspicions(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[str, ...]:
        """What no honest candidate does."""
        return racing.suspicions(racing.pair(self.ground, candidate, incumbent, work), draw)
