"""How many tokens a second local weights write, alone and in batches."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from successor.llm.errors import AnswerError, LLMError
from successor.llm.protocol import LanguageModel, Message, Reply, Request

TASKS = (
    "Write a Python function that merges two sorted lists.",
    "Write a Python function that parses a date such as 2026-11-27.",
    "Write a Python class for a bounded queue.",
    "Write a Python function that counts words in a text.",
)
"""Written at length by any model, so that answers are cut off at the same number of tokens."""


@dataclass(frozen=True)
class Rate:
    """Of so many requests at once."""

    parallel: int
    tokens: int
    """Of output, together."""
    seconds: float

    @property
    def tokens_per_s(self) -> float:
        return self.tokens / self.seconds


def rates(model: LanguageModel, parallel: Sequence[int], tokens: int) -> Generator[Rate]:
    """The rate for each number of requests at once, after one request that is not counted.

    Raises:
        LLMError: when a request fails otherwise than by being cut off.
    """
    _asked(model, 1, 1)
    for count in parallel:
        started = time.monotonic()
        written = _asked(model, count, tokens)
        yield Rate(count, written, time.monotonic() - started)


def _asked(model: LanguageModel, count: int, tokens: int) -> int:
    """Tokens that were written in all."""
    tasks = [f"{TASKS[number % len(TASKS)]} (variant {number})" for number in range(count)]
    requests = [
        Request((Message("user", task),), tokens, 0.8, number) for number, task in enumerate(tasks)
    ]
    return sum(_written(each, tokens) for each in model.complete_all(requests))


def _written(found: Reply | LLMError, tokens: int) -> int:
    match found:
        case Reply():
            return found.usage.output_tokens
        case AnswerError(fault="truncated"):
            return tokens
        case _:
            raise found
