"""A quick look at one variant, for authors: on items that they may see, never on the judge's."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from successor.subjects.program import memory, syntax
from successor.subjects.program.agreement import Answer, told
from successor.subjects.program.grading import Asked, Files
from successor.subjects.program.ground import Ground
from successor.subjects.program.origin import spelled
from successor.subjects.program.questions import EDGES, ERRORS
from successor.subjects.program.results import Screening
from successor.subjects.program.timing import Timed, ratio

ITEMS = {EDGES: 32, ERRORS: 16}
"""Items by slice; of all others, `EACH`."""
EACH = 6
HEATS = 3
PLAIN = 3.0
"""A ratio of times that needs no third heat to be seen."""
PATIENCE = 10.0
"""Times the incumbent's time after which a variant is given up."""
LEAST_WALL_S = 0.5


@dataclass(frozen=True)
class Baseline:
    """What variants are put beside."""

    asked: Sequence[Asked]
    scores: Sequence[Sequence[float]]  # the incumbent's
    costs: Sequence[Sequence[float]]
    wall_s: float


@dataclass
class Screener:
    """Screens variants of an incumbent; what the incumbent answers is kept."""

    ground: Ground
    _baselines: dict[tuple[bytes, int], Baseline] = field(
        default_factory=dict[tuple[bytes, int], Baseline], repr=False
    )

    def screen(self, source: str, incumbent: str, seed: int) -> Screening:
        """Whether a variant is correct on everything that is asked here, and what it gains."""
        if why := self.ground.flaw(source):
            return Screening(correct=False, why=why)
        nodes = syntax.nodes(source)
        files, theirs = self.ground.files(source), self.ground.files(incumbent)
        baseline = self._baseline(theirs, seed)
        grader = self.ground.grader
        answers = grader.answers(files, baseline.asked, baseline.wall_s)
        scores = [
            grader.scores(asked, got) for asked, got in zip(baseline.asked, answers, strict=True)
        ]
        why = (
            self._difference(baseline, scores, answers)
            or self.ground.failure(files, baseline.wall_s + LEAST_WALL_S)
            or self.ground.objection(files, theirs)
        )
        if why:
            return Screening(correct=False, why=why, nodes=nodes)
        gains = self._gains(baseline, scores)
        if "cost" in self.ground.objectives:
            gains["cost"] = self._cost(baseline, answers)
        gains["size"] = syntax.nodes(incumbent) / nodes
        if "memory" in self.ground.objectives:
            mine, other = memory.weighed(self.ground, files, theirs, f"training/{seed}", rounds=1)
            gains["memory"] = other / mine
        if "speed" in self.ground.objectives:
            gains["speed"] = self._speed(files, theirs, seed)
        return Screening(correct=True, why="", gains=gains, nodes=nodes)

    def _baseline(self, incumbent: Files, seed: int) -> Baseline:
        key = (incumbent[self.ground.target.path], seed)
        if key not in self._baselines:
            grader = self.ground.grader
            names = [name for name in self.ground.slices() if self._is_asked(name)]
            asked = [
                grader.asked(
                    name,
                    self.ground.questions.count(name, ITEMS.get(name, EACH)),
                    f"training/{seed}",
                )
                for name in names
            ]
            began = time.monotonic()
            answers = grader.answers(incumbent, asked)
            took_s = time.monotonic() - began
            scores = [grader.scores(each, got) for each, got in zip(asked, answers, strict=True)]
            wall_s = max(LEAST_WALL_S, PATIENCE * took_s)
            costs = [
                grader.costs(each.calls, got) for each, got in zip(asked, answers, strict=True)
            ]
            self._baselines = {key: Baseline(asked, scores, costs, wall_s)}
        return self._baselines[key]

    def _is_asked(self, name: str) -> bool:
        """What is asked for its cost need not be asked for being right as well."""
        costs = self.ground.grader.cost is not None
        return not name.startswith(("speed/", "agreement/") if costs else "speed/")

    def _difference(
        self,
        baseline: Baseline,
        scores: Sequence[Sequence[float]],
        answers: Sequence[Sequence[Answer]],
    ) -> str:
        """The first item on which the variant is worse, in a line."""
        for number, asked in enumerate(baseline.asked):
            if asked.name.startswith("accuracy/"):
                continue
            for place, item in enumerate(asked.items):
                if scores[number][place] < baseline.scores[number][place]:
                    called = f"{self.ground.target.entry}{spelled(item.call)}"
                    got, want = answers[number][place], asked.expected[place]
                    why = self.ground.grader.invalid(item.call, want, got)
                    return f"{asked.name}: {called} {why or f'gives {told(got)}, not {told(want)}'}"
        return ""

    def _cost(self, baseline: Baseline, answers: Sequence[Sequence[Answer]]) -> float:
        """The incumbent's costs over the variant's, added up by size; the geometric mean over
        sizes. Sums hold still where a few answers cost next to nothing.
        """
        logs = [
            math.log(sum(theirs) / sum(self.ground.grader.costs(asked.calls, mine)))
            for asked, theirs, mine in zip(baseline.asked, baseline.costs, answers, strict=True)
            if asked.name.startswith("cost/")
        ]
        return math.exp(statistics.fmean(logs))

    def _gains(self, baseline: Baseline, scores: Sequence[Sequence[float]]) -> dict[str, float]:
        mine, theirs = _costs(baseline.asked, scores), _costs(baseline.asked, baseline.scores)
        known = {"accuracy", "errors"} & set(self.ground.objectives) & mine.keys()
        return {name: theirs[name] / mine[name] for name in sorted(known)}

    def _speed(self, files: Files, incumbent: Files, seed: int) -> float:
        name = f"speed/{self.ground.questions.sizes[-1]}"
        heats: list[Timed] = []
        for heat in self.ground.timer.heats(files, incumbent, name, f"training/{seed}", HEATS):
            heats.append(heat)
            ratios = [ratio([each]) for each in heats]
            if not heat.agreed or (len(heats) > 1 and _plain(ratios)):
                break
        return ratio(heats) if all(heat.agreed for heat in heats) else 0.0


def _plain(ratios: Sequence[float]) -> bool:
    return min(ratios) > PLAIN or max(ratios) < 1 / PLAIN


def _costs(asked: Sequence[Asked], scores: Sequence[Sequence[float]]) -> Mapping[str, float]:
    """Score that is still to be won, by objective; one item's worth is added, so that the best
    of all costs something too.
    """
    by_name: dict[str, list[float]] = {}
    for each, marks in zip(asked, scores, strict=True):
        by_name.setdefault(each.name.partition("/")[0], []).extend(marks)
    return {name: 1.0 + sum(1.0 - mark for mark in marks) for name, marks in by_name.items()}
