"""An improver at work: it proposes, and what that costs is worked out and counted outside.

The sandbox is told the space of a task, a seed, how much each candidate cost and, where it may ask
a model, what that said; and nothing else. Neither the function, nor its bound, nor the score is
ever in a process that runs versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from successor.sandbox import Call, Outcome, Program, Raised, Returned, SandboxError, Session, Value
from successor.sandbox.texts import shown
from successor.subjects.improver.advice import NOBODY, Adviser
from successor.subjects.improver.items import Item
from successor.subjects.program.bench import Bench

_STEP = "successor_step.py"
_INSIDE = Path(__file__).parent / "inside" / _STEP
_TOGETHER = 48
"""Tasks of one process, a step of each at a time: a step alone is mostly waiting."""
_TOLD = 200
_LONGEST = 20_000
"""Characters of a question."""


@dataclass
class Attempt:
    """What an improver made of one task."""

    item: Item
    costs: list[float] = field(default_factory=list[float])
    """Of the candidates, in the order proposed."""
    told: list[float] | str = ""
    """What it is told next: costs of the last step, or what the model said."""
    question: str = ""
    """To the model, not yet answered."""
    asked: int = 0
    """Questions so far."""
    why: str = ""
    """Why it failed; "" as long as it has not."""
    status: str = "ok"
    """Of the sandbox, when that is why."""
    ended: bool = False

    def fail(self, why: str, status: str = "ok") -> None:
        """It is worth nothing from here on, whatever it was before."""
        self.ended, self.why, self.status = True, why[:_TOLD], status

    def score(self, evaluations: int) -> float:
        """In [0, 1]; 0 when it failed."""
        return 0.0 if self.why else self.item.area(self.costs, evaluations)


@dataclass(frozen=True)
class Arena:
    """Where improvers are tried."""

    bench: Bench
    evaluations: int
    cpu_s: float
    adviser: Adviser = NOBODY

    def attempts(self, source: str, items: Sequence[Item]) -> list[Attempt]:
        """One attempt at each task, all with the same number of evaluations."""
        found = [Attempt(item) for item in items]
        for start in range(0, len(found), _TOGETHER):
            self._together(source, found[start : start + _TOGETHER])
        return found

    def _together(self, source: str, attempts: Sequence[Attempt]) -> None:
        files = {"successor_improver.py": source.encode(), _STEP: _INSIDE.read_bytes()}
        program = Program(files, f"{_STEP}:step")
        spent = 0.0
        told: list[Value] = [self._told(each.item) for each in attempts]
        with self.bench.session(program) as session:
            while open_ := [place for place, each in enumerate(attempts) if not each.ended]:
                calls = [Call((place, told[place])) for place in open_]
                spent += self._step(session, calls, [attempts[place] for place in open_])
                self._answer(attempts)
                for place in open_:
                    said = attempts[place].told
                    told[place] = said if isinstance(said, str) else [*said]
                if spent > self.cpu_s * len(attempts):
                    for place in open_:
                        attempts[place].fail(f"takes more than {self.cpu_s:g} s (cpu_s)")

    def _told(self, item: Item) -> Value:
        space = item.task.space
        return {
            "kind": space.kind,
            "size": space.size,
            "choices": space.choices,
            "evaluations": self.evaluations,
            "seed": item.chances,
            "questions": self.adviser.questions,
        }

    def _step(self, session: Session, calls: Sequence[Call], attempts: Sequence[Attempt]) -> float:
        """The next candidates of each, priced; the CPU time that it took."""
        try:
            result = session.ask(calls)
        except SandboxError as error:
            raise AssertionError(error) from error  # what is sent is ours, and plain
        for attempt, outcome in zip(attempts, result.outcomes, strict=False):
            self._take(attempt, outcome)
        if result.status != "ok":
            for attempt in attempts:
                attempt.fail(f"{result.status}: {result.detail}", result.status)
        return result.cpu_s + result.prepare_cpu_s

    def _take(self, attempt: Attempt, outcome: Outcome) -> None:
        match outcome:
            case Returned(value=("over", None)):
                attempt.ended = True
                if not attempt.costs:
                    attempt.fail("proposed nothing")
            case Returned(value=("candidates", [*said])):
                self._price(attempt, said)
            case Returned(value=("candidates", str(question))):
                self._hear(attempt, question)
            case Raised(kind=kind, message=message):
                attempt.fail(f"raised {kind}: {shown(message)}")
            case Returned():
                attempt.fail("proposed what is no list of candidates")
            case _:
                attempt.fail("proposed what is no plain data")

    def _hear(self, attempt: Attempt, question: str) -> None:
        """A question, as long as there are some left."""
        attempt.asked += 1
        if attempt.asked > self.adviser.questions:
            attempt.fail(f"asks more than {self.adviser.questions} questions")
        elif len(question) > _LONGEST:
            attempt.fail(f"asks a question of more than {_LONGEST} characters")
        else:
            attempt.question = question

    def _answer(self, attempts: Sequence[Attempt]) -> None:
        """All that was asked in one step."""
        asking = [each for each in attempts if each.question and not each.ended]
        answers = self.adviser.ask([each.question for each in asking]) if asking else []
        for attempt, answer in zip(asking, answers, strict=True):
            attempt.told, attempt.question = answer, ""

    def _price(self, attempt: Attempt, said: Sequence[Value]) -> None:
        """Candidates in their order, as long as there are evaluations left."""
        task, left = attempt.item.task, self.evaluations - len(attempt.costs)
        try:
            candidates = [task.space.read(each) for each in said[:left]]
        except ValueError as error:
            return attempt.fail(str(error))
        if not candidates:
            return attempt.fail("proposed nothing")
        attempt.told = [task.cost(each) for each in candidates]
        attempt.costs += attempt.told
        attempt.ended = len(attempt.costs) >= self.evaluations
        return None
