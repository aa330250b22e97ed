"""How a version comes to its answers: a prompt is put before each question, a scaffold is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from successor.errors import Halt
from successor.llm import AnswerError, BudgetError, LanguageModel, LLMError, Message, Reply, Request
from successor.sandbox import Call, Program, Returned
from successor.subjects.program.bench import Bench
from successor.subjects.prompt.items import INSIDE
from successor.types import Stop

QUESTION = "{question}"
"""Where a prompt wants the question; without it the prompt is the system's message."""


@dataclass(frozen=True)
class Said:
    """An answer, and how it came about."""

    text: str
    course: tuple[str, ...] = ()
    """What was asked and said in between, in turn; what went wrong, at the end."""


class Solver(Protocol):
    """Answers questions as a version does."""

    def solve(self, text: str, questions: Sequence[str]) -> list[Said]:
        """One answer to each. Raises Halt when the budget is spent, LLMError when none comes."""
        ...


@dataclass(frozen=True)
class Oracle:
    """The model that is asked."""

    model: LanguageModel
    max_tokens: int
    temperature: float | None

    def ask(self, talks: Sequence[tuple[Message, ...]]) -> list[Said]:
        """What it says to each.

        Raises:
            Halt: when the budget of the session is spent.
            LLMError: when it can't be reached.
        """
        requests = [Request(talk, self.max_tokens, self.temperature) for talk in talks]
        return [self._said(answer) for answer in self.model.complete_all(requests)]

    def _said(self, answer: Reply | LLMError) -> Said:
        if isinstance(answer, Reply):
            return Said(answer.text)
        if isinstance(answer, AnswerError):
            return Said(answer.text, (f"no whole answer: {answer}",))
        if isinstance(answer, BudgetError):
            raise Halt(Stop("model budget", f"{answer}; the next session has it anew"))
        raise answer


@dataclass(frozen=True)
class PromptSolver:
    """A version is a prompt."""

    oracle: Oracle

    def solve(self, text: str, questions: Sequence[str]) -> list[Said]:
        return self.oracle.ask([_put(text, question) for question in questions])


@dataclass
class _Case:
    """One question on its way through a scaffold."""

    question: str
    replies: list[str] = field(default_factory=list[str])
    course: list[str] = field(default_factory=list[str])
    asks: str = ""
    """What the scaffold wants to ask next."""
    said: Said | None = None

    def end(self, text: str, why: str = "") -> None:
        self.said = Said(text, (*self.course, *([why] if why else [])))


@dataclass(frozen=True)
class ScaffoldSolver:
    """A version is a program that asks the model. It runs in the sandbox, from the beginning for
    each of its steps, and gets at the model by what it yields alone.
    """

    oracle: Oracle
    bench: Bench
    steps: int

    def solve(self, text: str, questions: Sequence[str]) -> list[Said]:
        cases = [_Case(question) for question in questions]
        step = {
            "successor_scaffold.py": text.encode(),
            "step.py": (INSIDE / "step.py").read_bytes(),
        }
        program = Program(step, "step.py:step")
        for number in range(self.steps + 1):
            open_ = [case for case in cases if case.said is None]
            if not open_:
                break
            self._run(program, open_)
            open_ = [case for case in open_ if case.said is None]
            if number == self.steps:
                for case in open_:
                    case.end("", f"it asked more than {self.steps} times")
                break
            talks = [(Message("user", case.asks),) for case in open_]
            for case, reply in zip(open_, self.oracle.ask(talks), strict=True):
                case.replies.append(reply.text)
                case.course += [case.asks, reply.text, *reply.course]
        return [case.said or Said("") for case in cases]

    def _run(self, program: Program, cases: Sequence[_Case]) -> None:
        """One step of each."""
        calls = [Call((case.question, [*case.replies])) for case in cases]
        for case, outcome in zip(cases, self.bench.ask(program, calls), strict=True):
            match outcome:
                case Returned(value=("ask", str(asked))):
                    case.asks = asked
                case Returned(value=("answer", str(answer))):
                    case.end(answer)
                case other:
                    case.end("", f"it failed: {other}"[:500])


def _put(prompt: str, question: str) -> tuple[Message, ...]:
    """The newline that ends a file is none of the prompt: small models answer otherwise for it."""
    prompt = prompt.strip()
    if QUESTION in prompt:
        return (Message("user", prompt.replace(QUESTION, question)),)
    asked = Message("user", question)
    return (Message("system", prompt), asked) if prompt else (asked,)
