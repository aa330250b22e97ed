"""What can go wrong with a language model, by what its user does about it.

LLMError
├── SetupError        nothing can be asked: no key, unknown model, something not installed
├── BudgetError       the request was not sent: it might have cost more than is left
├── UnavailableError  no answer came, after all attempts; later it may
└── AnswerError       an answer came and is no use; another request may do better
"""

from __future__ import annotations

from typing import ClassVar, Literal

from successor.errors import SuccessorError

Fault = Literal["rejected", "refused", "truncated", "empty", "malformed", "endless"]
"""The server would not take the request (too long, say); the model would not answer it, ran out of
`max_tokens`, or said nothing; the server's bytes were no answer, or had no end."""


def installing(extra: str) -> str:
    """The command that brings what is missing."""
    return f"pip install 'successor-rsi[{extra}]'"


class LLMError(SuccessorError):
    """A failure in a line, without keys and without text that the terminal would obey."""


class SetupError(LLMError):
    """Nothing can be asked of this model until the user changes something."""

    exit_code: ClassVar[int] = 2


class BudgetError(LLMError):
    """Not sent, since its worst case does not fit what is left of a budget."""


class UnavailableError(LLMError):
    """No answer, after every attempt: rate limits, failing servers, timeouts."""


class AnswerError(LLMError):
    """An answer that is no use; what it cost is counted all the same."""

    def __init__(self, message: str, fault: Fault, text: str = "") -> None:
        super().__init__(message)
        self.fault: Fault = fault
        self.text = text
        """As much of it as came."""
