"""A language model that says what it was told to say, within a real budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from authors.workbench import Bench
from successor.authors.llm import LLMAuthor, Settings
from successor.llm import (
    Budget,
    LanguageModel,
    Limits,
    LLMError,
    OnText,
    Reply,
    Request,
    UnavailableError,
    Usage,
)
from successor.validation import validated

Script = Callable[[Request], str | LLMError]
WORST = Usage(calls=1, input_tokens=100, output_tokens=20)


@dataclass
class Scripted:
    """Implements `LanguageModel`."""

    name: str
    script: Script
    budget: Budget
    asked: list[Request] = field(default_factory=list[Request])
    closed: bool = False

    def complete(self, request: Request, on_text: OnText | None = None) -> Reply:
        reply = self.complete_all([request])[0]
        if isinstance(reply, LLMError):
            raise reply
        return reply

    def complete_all(self, requests: Sequence[Request]) -> list[Reply | LLMError]:
        return [self._answer(each) for each in requests]

    def close(self) -> None:
        self.closed = True

    def _answer(self, request: Request) -> Reply | LLMError:
        try:
            ticket = self.budget.reserve(WORST)
        except LLMError as error:
            return error
        self.asked.append(request)
        said = self.script(request)
        sent = not isinstance(said, UnavailableError)
        self.budget.settle(ticket or "", WORST if sent else Usage(calls=1))
        return said if isinstance(said, LLMError) else Reply(said, WORST, f"{self.name}-2026")


@dataclass
class Shelf:
    """Implements `Source`: models by name."""

    scripts: Mapping[str, Script]
    opened: dict[str, Scripted] = field(default_factory=dict[str, Scripted])

    def require(self, names: Sequence[str], limits: Limits) -> None:
        for name in names:
            assert name in self.scripts

    def open(self, name: str, budget: Budget) -> LanguageModel:
        self.opened[name] = Scripted(name, self.scripts[name], budget)
        return self.opened[name]

    @property
    def asked(self) -> list[Request]:
        """All that was asked, of any model."""
        return [request for model in self.opened.values() for request in model.asked]


def author_of(bench: Bench, script: Script, **settings: object) -> tuple[LLMAuthor, Shelf]:
    """An author whose only model says that; one answer and one round, unless told otherwise."""
    shelf = Shelf({"fake": script})
    told: dict[str, object] = {
        "models": ["fake"],
        "forms": ["whole"],
        "rounds": 1,
        "alternatives": 1,
        **settings,
    }
    return LLMAuthor(bench, validated(Settings, "author", told), shelf), shelf


def saying(*answers: str | LLMError) -> Script:
    """These answers, one after the other; the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def block(source: str) -> str:
    """A whole file, as it is asked for."""
    return f"Here it is.\n\n```python\n{source}```\n"


def read(request: Request) -> str:
    """The last thing that a request says."""
    return request.messages[-1].text
