"""What a server streams, checked: the library hands on whatever it was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel, NonNegativeInt

from successor.llm.keys import whole


class Delta(BaseModel):
    """A piece of an answer."""

    content: str | None = None
    refusal: str | None = None


class Choice(BaseModel):
    """A piece of one answer of those asked for."""

    index: NonNegativeInt = 0
    delta: Delta | None = None
    finish_reason: str | None = None


class Counted(BaseModel):
    """Tokens, as the provider bills them."""

    prompt_tokens: NonNegativeInt = 0
    completion_tokens: NonNegativeInt = 0
    total_tokens: NonNegativeInt = 0


class Chunk(BaseModel):
    """One event of the stream."""

    choices: list[Choice] | None = None
    model: str | None = None
    usage: Counted | None = None


@dataclass
class Answer:
    """What has come so far."""

    tell: Callable[[str], str]
    """Given each piece, gives back what may be kept of it by now."""
    pieces: list[str] = field(default_factory=list[str])
    refusal: str = ""
    finish: str | None = None
    model: str = ""
    usage: Counted | None = None
    begun: bool = False

    def take(self, choice: Choice) -> None:
        """Add what a piece brings."""
        self.finish = choice.finish_reason or self.finish
        if choice.delta is not None:
            self.refusal += choice.delta.refusal or ""
            self.pieces.append(self.tell(choice.delta.content or ""))

    @property
    def text(self) -> str:
        """All of it, such that it can be written anywhere: halves of a character that came in two
        pieces are joined, and a lone one is replaced.
        """
        return whole("".join(self.pieces))

    def tokens(self) -> tuple[int, int] | None:
        """(input, output) as the provider counts them, None where it does not say.

        Some leave what a model thought out of the output; it is in the total.
        """
        if self.usage is None or not self.usage.prompt_tokens + self.usage.completion_tokens:
            return None
        prompt, completion = self.usage.prompt_tokens, self.usage.completion_tokens
        return prompt, max(completion, self.usage.total_tokens - prompt)


@dataclass
class Answers:
    """All that come of one request."""

    all: list[Answer]
    _ended: int = 0
    """The last that ended: usage that comes next is its own."""

    def take(self, chunk: Chunk) -> None:
        """Add what a chunk brings.

        Raises:
            ValueError: when it is of an answer that was not asked for.
        """
        for answer in self.all:
            answer.begun, answer.model = True, chunk.model or answer.model
        for choice in chunk.choices or []:
            if choice.index >= len(self.all):
                raise ValueError(choice.index)
            self.all[choice.index].take(choice)
            self._ended = choice.index if choice.finish_reason else self._ended
        if chunk.usage is not None:
            self.all[self._ended].usage = chunk.usage

    @property
    def unfinished(self) -> Answer | None:
        """The first that has no end yet."""
        return next((each for each in self.all if each.finish is None), None)
