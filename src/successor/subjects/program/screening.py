"""A quick look at one variant, for authors: on items that they may see, never on the judge's."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from successor.sandbox import Returned
from successor.subjects.program import memory, syntax
from successor.subjects.program.agreement import Answer, agrees, told, told_apart
from successor.subjects.program.grading import Asked, Files
from successor.subjects.program.ground import Ground
from successor.subjects.program.origin import spelled
from successor.subjects.program.questions import EDGES, ERRORS
from successor.subjects.program.results import Screening
from successor.subjects.program.rivals import wanted, written
from successor.subjects.program.timing import Timed, ratio

ITEMS = {EDGES: 32, ERRORS: 16}
"""Items by slice; of all others, `EACH`."""
EACH = 6
MORE = 18
"""Further items of each slice of costs, for a variant that seems to cost less."""
ENOUGH_ALIKE = 2 * EACH
"""Costs that do not differ, after which a variant counts as one that changes none."""
ERRORS_OFF = 2.0
"""Standard errors below no gain at which a variant is given up, without being asked the rest."""
HEATS = 3
PLAIN = 3.0
"""A ratio of times that needs no third heat to be seen."""
PATIENCE = 10.0
"""Times the incumbent's time after which a variant is given up."""
LEAST_WALL_S = 0.5
KEPT, DOUBT = "kept", 0.1
"""The marks of answers that stay as they are, and how much they count beside the tests."""
TOLD = 2
"""Failures that are told of each slice."""
FIRST, SURE = "first", "sure"
"""Rounds that are not named after a slice: of all but costs at larger sizes, and of more costs."""
Marks = Sequence[float]
"""Scores, one for each item."""
Marked = tuple[str, Marks, Marks]
"""(slice, the variant's, the incumbent's)."""


@dataclass(frozen=True)
class Round:
    """What variants are put beside, all in one child."""

    asked: Sequence[Asked]
    scores: Sequence[Sequence[float]]  # the incumbent's
    costs: Sequence[Sequence[float]]
    answers: Sequence[Sequence[Answer]]
    wall_s: float


@dataclass(frozen=True)
class Priced:
    """A variant's costs beside the incumbent's: (incumbent's, variant's) by slice."""

    pairs: dict[str, list[tuple[float, float]]] = field(
        default_factory=dict[str, list[tuple[float, float]]]
    )

    def add(self, name: str, theirs: Sequence[float], mine: Sequence[float]) -> None:
        """Take in what a slice cost."""
        self.pairs.setdefault(name, []).extend(zip(theirs, mine, strict=True))

    @property
    def gain(self) -> float:
        """The incumbent's costs over the variant's, added up by size; the geometric mean over
        sizes. Sums hold still where a few answers cost next to nothing.
        """
        sums = [[sum(costs) for costs in zip(*pairs, strict=True)] for pairs in self.pairs.values()]
        return math.exp(statistics.fmean(math.log(old / new) for old, new in sums)) if sums else 1.0

    @property
    def same(self) -> int:
        """How many costs there are, if none of them differs."""
        both = [pair for pairs in self.pairs.values() for pair in pairs]
        return 0 if any(old != new for old, new in both) else len(both)

    @property
    def sure(self) -> float:
        """Standard errors by which the mean gain is above none, below 0 for a loss."""
        logs = [math.log(old / new) for pairs in self.pairs.values() for old, new in pairs]
        mean = statistics.fmean(logs) if logs else 0.0
        spread = statistics.stdev(logs) if len(logs) > 1 else 0.0
        if not spread:
            return math.copysign(math.inf, mean) if mean else 0.0
        return mean / (spread / math.sqrt(len(logs)))


@dataclass
class Screener:
    """Screens variants of an incumbent; what the incumbent answers is kept."""

    ground: Ground
    _failing: list[tuple[Files, int, float]] = field(
        default_factory=list[tuple[Files, int, float]], repr=False
    )
    """Of the incumbent: how many tests fail, and the seconds that a variant has for them."""
    _rounds: dict[tuple[bytes, int], dict[str, Round]] = field(
        default_factory=dict[tuple[bytes, int], dict[str, Round]], repr=False
    )

    def screen(self, source: str, incumbent: str, seed: int) -> Screening:
        """Whether a variant is correct on everything that is asked here, and what it gains. One
        whose answers plainly cost more is not asked everything.
        """
        if why := self.ground.flaw(source):
            return Screening(correct=False, why=why)
        nodes = syntax.nodes(source)
        files, theirs = self.ground.files(source), self.ground.files(incumbent)
        mended, why = self._mended(files, theirs)
        if why:
            return Screening(correct=False, why=why, nodes=nodes)
        gains = {"size": syntax.nodes(incumbent) / nodes}
        priced, marks, wall_s = Priced(), list[Marked](), 0.0
        for name in self._names():
            if name == SURE and priced.sure <= 1.0:
                continue
            round_ = self._round(name, theirs, seed)
            wall_s += round_.wall_s
            if why := self._asked(round_, files, priced, marks):
                told = self._contested(round_, files) if self._is_whole(mended) else ()
                return Screening(correct=False, why=why, nodes=nodes, contested=told)
            if priced.sure < -ERRORS_OFF or priced.same >= ENOUGH_ALIKE:
                break
        if self.ground.objectives == ("cost",) and priced.gain <= 1.0:
            return Screening(True, "", {**gains, "cost": priced.gain}, nodes)
        why = self.ground.failure(files, wall_s + LEAST_WALL_S)
        why = why or self.ground.objection(files, theirs)
        if why:
            return Screening(correct=False, why=why, nodes=nodes)
        gains |= self._gains(files, theirs, seed, priced, marks)
        if mended:
            # Of repairs alike, the one that changes fewer other answers is the likelier.
            changed = [1.0 - mark for name, mine, _ in marks if name == KEPT for mark in mine]
            gains["repair"] = mended / (1.0 + DOUBT * statistics.fmean(changed or [0.0]))
        return Screening(True, "", gains, nodes)

    def _mended(self, files: Files, theirs: Files) -> tuple[float, str]:
        """How many times fewer tests fail, one added to both; why it is no repair, if it is none.
        0 where nothing is to be repaired.
        """
        if "repair" not in self.ground.objectives:
            return 0.0, ""
        if theirs not in [known for known, _, _ in self._failing]:
            began = time.monotonic()
            count = len(self.ground.failing(theirs))
            wall_s = max(1.0, PATIENCE * (time.monotonic() - began))
            self._failing = [(theirs, count, wall_s)]
        _, before, wall_s = self._failing[0]
        now = self.ground.failing(files, wall_s)
        if len(now) >= before:
            return 0.0, f"{now[0].test}: {now[0].why}" if now else "no test fails"
        return (1.0 + before) / (1.0 + len(now)), ""

    def _is_whole(self, mended: float) -> bool:
        """Whether no test fails any more."""
        return bool(mended) and mended >= 1.0 + self._failing[0][1]

    def _contested(self, round_: Round, files: Files) -> tuple[str, ...]:
        """The shortest call to which a variant answers otherwise than the original, which it should
        not, with both answers; nothing where none can be told.
        """
        grader, found = self.ground.grader, list[tuple[str, ...]]()
        answers = grader.answers(files, round_.asked, round_.wall_s)
        for asked, got in zip(round_.asked, answers, strict=True):
            rows = zip(asked.items, asked.expected, got, grader.scores(asked, got), strict=True)
            for item, want, mine, score in rows:
                told = (*wanted(want), *wanted(mine))
                if score < 1.0 and len({*told}) == 2:
                    found.append((written(self.ground, item.call), *told))
        return min(found, key=lambda each: len(each[0]), default=())

    def _gains(
        self, files: Files, theirs: Files, seed: int, priced: Priced,
        marks: Sequence[Marked],
    ) -> dict[str, float]:  # fmt: skip
        """On all objectives but size."""
        objectives = self.ground.objectives
        mine = _missing([(name, new) for name, new, _ in marks])
        other = _missing([(name, old) for name, _, old in marks])
        known = {"accuracy", "errors"} & {*objectives} & mine.keys()
        gains = {name: other[name] / mine[name] for name in sorted(known)}
        if "cost" in objectives:
            gains["cost"] = priced.gain
        if "memory" in objectives:
            new, old = memory.weighed(self.ground, files, theirs, f"training/{seed}", rounds=1)
            gains["memory"] = old / new
        if "speed" in objectives:
            gains["speed"] = self._speed(files, theirs, seed)
        return gains

    def _asked(self, round_: Round, files: Files, priced: Priced, marks: list[Marked]) -> str:
        """Put a round to a variant and note what it comes to; the first item on which it is worse
        than the incumbent, in a line.
        """
        grader = self.ground.grader
        answers = grader.answers(files, round_.asked, round_.wall_s)
        if "repair" in self.ground.objectives:
            for got, before in zip(answers, round_.answers, strict=True):
                pairs = zip(before, got, strict=True)
                kept = [float(agrees(old, new, grader.tolerance)) for old, new in pairs]
                marks.append((KEPT, kept, [1.0] * len(kept)))
        rows = zip(round_.asked, round_.scores, round_.costs, answers, strict=True)
        for asked, scores, costs, got in rows:
            mine, spent = self._marked(asked, got)
            if why := self._difference(asked, scores, mine, got):
                return why
            marks.append((asked.name, mine, scores))
            if spent:
                priced.add(asked.name, costs, spent)
        return ""

    def failures(self, incumbent: str, seed: int) -> tuple[str, ...]:
        """What a version is asked here and does not get full marks for, a line each."""
        asked, found = self._round(FIRST, self.ground.files(incumbent), seed), list[str]()
        for each, scores, answers in zip(asked.asked, asked.scores, asked.answers, strict=True):
            wrong = [place for place, score in enumerate(scores) if score < 1.0]
            found += [self._failure(each, place, answers[place]) for place in wrong[:TOLD]]
        return tuple(found)

    def _failure(self, asked: Asked, place: int, got: Answer) -> str:
        item, exact = asked.items[place], asked.exact[place]
        called = f"{asked.name}: {self.ground.target.entry}{spelled(item.call)} gives {told(got)}"
        if item.wrong:
            return f"{called}; wanted: a TypeError that names {item.wrong!r}"
        return f"{called}; exact: {told(Returned(exact))}" if exact is not None else called

    def _names(self) -> Sequence[str]:
        """The rounds: the dearest answers come last, as most variants are no good."""
        sizes = [name for name in self.ground.slices() if name.startswith("cost/")]
        return [FIRST, *sizes[1:], SURE] if sizes and not self.ground.questions.lone else [FIRST]

    def _round(self, name: str, incumbent: Files, seed: int) -> Round:
        key = (incumbent[self.ground.target.path], seed)
        if key not in self._rounds:
            self._rounds = {key: {}}
        if name not in self._rounds[key]:
            self._rounds[key][name] = self._asked_of(name, incumbent, f"training/{seed}")
        return self._rounds[key][name]

    def _asked_of(self, round_: str, incumbent: Files, seed: str) -> Round:
        grader, questions = self.ground.grader, self.ground.questions
        names = {
            FIRST: [name for name in self.ground.slices() if self._is_asked(name)],
            SURE: [name for name in self.ground.slices() if name.startswith("cost/")],
        }.get(round_, [round_])
        if round_ == SURE:
            asked = [grader.asked(name, MORE, f"{seed}/{SURE}") for name in names]
        else:
            counts = [questions.count(name, ITEMS.get(name, EACH)) for name in names]
            asked = [grader.asked(*each, seed) for each in zip(names, counts, strict=True)]
        began = time.monotonic()
        answers = grader.answers(incumbent, asked)
        wall_s = max(LEAST_WALL_S, PATIENCE * (time.monotonic() - began))
        marks = [self._marked(each, got) for each, got in zip(asked, answers, strict=True)]
        scores, costs = [each for each, _ in marks], [each for _, each in marks]
        return Round(asked, scores, costs, answers, wall_s)

    def _marked(self, asked: Asked, answers: Sequence[Answer]) -> tuple[Marks, Marks]:
        """Scores, and costs where it is costs that are asked for."""
        grader = self.ground.grader
        if asked.name.startswith("cost/"):
            return grader.priced(asked, answers)
        return grader.scores(asked, answers), ()

    def _is_asked(self, name: str) -> bool:
        """What is asked for its cost need not be asked for being right as well."""
        costs = self.ground.grader.cost is not None
        if name.startswith("cost/"):
            return name == f"cost/{self.ground.questions.sizes[0]}"
        return not name.startswith(("speed/", "agreement/") if costs else "speed/")

    def _difference(
        self, asked: Asked, scores: Marks, mine: Marks, answers: Sequence[Answer]
    ) -> str:
        """The first item on which the variant is worse, in a line."""
        for place, item in enumerate(asked.items):
            if mine[place] < scores[place] and not asked.name.startswith("accuracy/"):
                called = f"{self.ground.target.entry}{spelled(item.call)}"
                got, want = answers[place], asked.expected[place]
                new, old = told_apart(got, want)
                why = self.ground.grader.invalid(item.call, want, got)
                return f"{asked.name}: {called} {why or f'gives {new}, not {old}'}"
        return ""

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


def _missing(marked: Sequence[tuple[str, Marks]]) -> Mapping[str, float]:
    """Score that is still to be won, by objective; one item's worth is added, so that the best
    of all costs something too.
    """
    by_name: dict[str, list[float]] = {}
    for name, marks in marked:
        by_name.setdefault(name.partition("/")[0], []).extend(marks)
    return {name: 1.0 + sum(1.0 - mark for mark in marks) for name, marks in by_name.items()}
