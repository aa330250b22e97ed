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
    """One answer of those asked for; we ask for one."""

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

    def take(self, chunk: Chunk) -> None:
        """Add what a chunk brings."""
        self.begun = True
        self.model = chunk.model or self.model
        self.usage = chunk.usage or self.usage
        for choice in chunk.choices or []:
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
