"""A language model inside of improvers: they yield a question, and are sent what it says.

Metered twice: by questions of one task, and by calls, tokens and dollars of a session, as for
prompts. Answers are kept in the user's cache, so that nothing is asked twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from successor.llm import Budget, LanguageModel, Limits, Message, Usage
from successor.subjects.improver.settings import Settings
from successor.subjects.prompt.opening import Opening
from successor.subjects.prompt.solving import Oracle


class Adviser(Protocol):
    """Whom improvers may ask."""

    @property
    def questions(self) -> int:
        """How many an improver may ask while it is at one task."""
        ...

    def ask(self, questions: Sequence[str]) -> list[str]:
        """An answer to each; "" where there was none.

        Raises:
            Halt: when the budget of the session is spent.
            LLMError: when the model can't be reached.
        """
        ...


@dataclass(frozen=True)
class Nobody:
    """No model."""

    questions: int = 0

    def ask(self, questions: Sequence[str]) -> list[str]:
        """Nothing: nobody may ask."""
        return ["" for _ in questions]


NOBODY = Nobody()


class Advice:
    """The model that a lab names, opened when it is first asked; nobody where it names none."""

    def __init__(self, settings: Settings, opening: Opening) -> None:
        self._settings = settings
        self._opening = opening
        usd = None if settings.usd is None else Decimal(str(settings.usd))
        self._budget = Budget(Limits(settings.calls, settings.tokens, usd))
        self._model: LanguageModel | None = None

    @property
    def questions(self) -> int:
        """Of one task."""
        return self._settings.questions if self._settings.model else 0

    @property
    def spent(self) -> Usage:
        """In this session."""
        return self._budget.spent

    def ask(self, questions: Sequence[str]) -> list[str]:
        """All together, as many at once as the model takes."""
        if self._model is None:
            self._model = self._opening.model(self._settings.model, self._budget)
        oracle = Oracle(self._model, self._settings.max_tokens, self._settings.temperature)
        return [said.text for said in oracle.ask([(Message("user", each),) for each in questions])]

    def close(self) -> None:
        """Give the model back; it opens anew when it is asked again."""
        if self._model is not None:
            self._model.close()
            self._model = None
