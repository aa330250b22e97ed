"""Scores: what a version answers, beside what the original and the reference answer.

The answers come from children of the sandbox; they are compared here, in our own process, and
what is expected never leaves it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from successor.sandbox import Call, Program, Raised, Returned, Value
from successor.subjects.program.accuracy import as_written, exact, score, ulps
from successor.subjects.program.agreement import (
    MARK,
    Answer,
    Failed,
    agrees,
    answered,
    result,
    same,
    told_apart,
)
from successor.subjects.program.bench import Bench, Programs
from successor.subjects.program.questions import ERRORS, Item, Questions
from successor.subjects.program.scoring import LEAST, WORST, CostFunction

Files = Mapping[str, bytes]
FREE = Failed("free")
"""Expected where the original may be wrong: any answer will do."""
SOME = Failed("some")
"""Expected where the original's value may be wrong: any value, or an exception that tests name."""
_REMEMBERED = 512
"""Sets of expected answers that are kept."""


@dataclass(frozen=True)
class Reference:
    """Where exact answers come from."""

    program: Program
    written: bool
    """Whether it is asked with fractions, as the original is when it is its own reference."""


@dataclass(frozen=True)
class Asked:
    """Items with what is expected of them."""

    name: str
    items: Sequence[Item]
    expected: Sequence[Answer]
    """What the original answers."""
    exact: Sequence[Value | None]
    """What the reference answers; None where it has no answer."""

    @property
    def calls(self) -> list[Call]:
        return [item.call for item in self.items]


@dataclass
class Grader:
    """Draws items, asks versions, and scores their answers."""

    questions: Questions
    programs: Programs
    bench: Bench
    tolerance: float
    reference: Reference | None
    cost: CostFunction | None = None
    """Where an answer is right when it has a cost, be it another than the original's."""
    holds: Callable[[Sequence[Call]], Sequence[bool]] | None = None
    """Which calls have to be answered as the original does; None for all of them."""
    named: frozenset[str] = frozenset()
    """Words of the tests: an exception that they don't name is no repair of a value."""
    _kept: dict[tuple[str, int, str], Asked] = field(
        default_factory=dict[tuple[str, int, str], Asked], repr=False
    )

    def asked(self, name: str, count: int, seed: str) -> Asked:
        """The items of a slice and what is expected, from the original or from memory."""
        key = (name, count, seed)
        if key not in self._kept:
            if len(self._kept) >= _REMEMBERED:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = self.expect(name, self.questions.draw(name, count, seed))
        return self._kept[key]

    def expect(self, name: str, items: Sequence[Item]) -> Asked:
        """What is expected of any items."""
        calls = [item.call for item in items]
        expected = self.bench.ask(self.program(self.programs.target.files), calls)
        if self.holds is not None:
            held = zip(expected, self.holds(calls), strict=True)
            expected = tuple(answer if kept else _loose(answer) for answer, kept in held)
        return Asked(name, items, expected, self._exact(calls))

    def program(self, files: Files) -> Program:
        """A version, asked so that changed arguments show."""
        return self.programs.observed(files)

    def answers(
        self, files: Files, asked: Sequence[Asked], wall_s: float | None = None
    ) -> list[Sequence[Answer]]:
        """A version's answers to several slices, all in one child; the same question once, where
        the same answer can only cost the same.
        """
        calls = [call for each in asked for call in each.calls]
        once = {repr(call) if self.cost else number: call for number, call in enumerate(calls)}
        known = dict(
            zip(once, self.bench.ask(self.program(files), [*once.values()], wall_s), strict=True)
        )
        answers = [known[repr(call) if self.cost else number] for number, call in enumerate(calls)]
        split: list[Sequence[Answer]] = []
        start = 0
        for each in asked:
            split.append(answers[start : start + len(each.items)])
            start += len(each.items)
        return split

    def scores(self, asked: Asked, answers: Sequence[Answer]) -> tuple[float, ...]:
        """One score for each item, in [0, 1]."""
        rows = zip(asked.items, asked.expected, asked.exact, answers, strict=True)
        if asked.name.startswith("accuracy/"):
            return tuple(_accuracy(exact, got) for _, _, exact, got in rows)
        if asked.name == ERRORS and self.questions.errors:
            return tuple(self._error(item, want, got) for item, want, _, got in rows)
        if self.cost:
            return tuple(
                float(not self.invalid(item.call, want, got)) for item, want, _, got in rows
            )
        return tuple(
            float(self._right(want, exact, got) or self._spares(item.call, want, got))
            for item, want, exact, got in rows
        )

    def invalid(self, call: Call, expected: Answer, got: Answer) -> str:
        """Why an answer has no cost, where only answers that have one are right; "" if it has.

        Where the function has none to give, or the original raises, it should be as the original's.
        """
        if self.cost and isinstance(expected, Returned) and isinstance(got, Returned):
            if _meddles(call, expected, got):
                return "changes its arguments"
            try:
                if self.cost.cost(call, result(got.value)) is not None:
                    return ""
            except ValueError as error:
                return str(error)
        if not answered(expected) or agrees(expected, got, self.tolerance):
            return ""
        mine, theirs = told_apart(got, expected)
        return f"gives {mine}, not {theirs}"

    def priced(
        self, asked: Asked, answers: Sequence[Answer]
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Scores and costs of a slice, each answer looked at once."""
        costs = tuple(self.costs(asked.calls, answers))
        rows = zip(asked.items, asked.expected, answers, costs, strict=True)
        scores = tuple(
            1.0 if cost < WORST and not _meddles(item.call, want, got)
            else float(not self.invalid(item.call, want, got))
            for item, want, got, cost in rows
        )  # fmt: skip
        return scores, costs

    def costs(self, calls: Sequence[Call], answers: Sequence[Answer]) -> list[float]:
        """What each answer costs, in [LEAST, WORST]."""
        return [self._cost(call, got) for call, got in zip(calls, answers, strict=True)]

    def _cost(self, call: Call, got: Answer) -> float:
        if self.cost is None or not isinstance(got, Returned):
            return WORST
        try:
            found = self.cost.cost(call, result(got.value))
        except ValueError:
            return WORST
        return WORST if found is None else min(max(found, LEAST), WORST)

    def _right(self, expected: Answer, exact: Value | None, got: Answer) -> bool:
        """As the original, or at least as near to the exact answer; where the original has no
        answer there is nothing to preserve.
        """
        if expected == SOME:
            return not isinstance(got, Failed | Raised) or (
                isinstance(got, Raised) and got.kind.rpartition(".")[2] in self.named
            )
        if not answered(expected) or agrees(expected, got, self.tolerance):
            return True
        if exact is None or not isinstance(expected, Returned) or not isinstance(got, Returned):
            return False
        if not same(expected.value, got.value, math.inf):
            return False
        return ulps(exact, result(got.value)) <= ulps(exact, result(expected.value))

    def _spares(self, call: Call, expected: Answer, got: Answer) -> bool:
        """Whether a repair gives the original's result and leaves arguments alone that the original
        changed: that a test passed says nothing of them, and changing them may be the bug.
        """
        if self.holds is None or not (isinstance(expected, Returned) and isinstance(got, Returned)):
            return False
        alike = same(result(expected.value), result(got.value), self.tolerance)
        return alike and _changes(call, expected.value) and not _changes(call, got.value)

    def _error(self, item: Item, expected: Answer, got: Answer) -> float:
        """1 for a TypeError that names the argument, 1/2 for one that does not.

        What the original accepts without a hint that forbids it, has to be accepted still.
        """
        contract = self.questions.origin.contract
        hinted = contract is not None and item.wrong in contract.names(("hint",))
        if not hinted and isinstance(expected, Returned):
            return float(agrees(expected, got, self.tolerance))
        if not isinstance(got, Raised) or got.kind != "TypeError":
            return 0.0
        return 1.0 if re.search(rf"\b{re.escape(item.wrong)}\b", got.message) else 0.5

    def _exact(self, calls: Sequence[Call]) -> list[Value | None]:
        if self.reference is None:
            return [None] * len(calls)
        asked = [as_written(call) if self.reference.written else call for call in calls]
        answers = self.bench.ask(self.reference.program, [call or Call() for call in asked])
        return [
            answer.value
            if call is not None and isinstance(answer, Returned) and self._usable(answer.value)
            else None
            for call, answer in zip(asked, answers, strict=True)
        ]

    def _usable(self, value: Value) -> bool:
        return exact(value) or not (self.reference and self.reference.written)


def _loose(answer: Answer) -> Answer:
    """What is expected where the original may be wrong."""
    return SOME if isinstance(answer, Returned) else FREE


def _meddles(call: Call, expected: Answer, got: Answer) -> bool:
    """Whether a version changes arguments that the original leaves alone."""
    if not (isinstance(expected, Returned) and isinstance(got, Returned)):
        return False
    return _changes(call, got.value) and not _changes(call, expected.value)


def _changes(call: Call, value: Value) -> bool:
    """Whether the arguments are not what they were."""
    match value:
        case (str(mark), _, list(given), dict(named)) if mark == MARK:
            if repr([*call.args]) == repr(given) and repr({**call.kwargs}) == repr(named):
                return False  # found in a tenth of the time
            return not same([*call.args], given, 0.0) or not same({**call.kwargs}, named, 0.0)
        case _:
            return False


def _accuracy(exact: Value | None, got: Answer) -> float:
    """1 where there is no reference: it does not tell versions apart."""
    if exact is None:
        return 1.0
    return score(ulps(exact, result(got.value))) if isinstance(got, Returned) else 0.0
