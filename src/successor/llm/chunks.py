"""What a server streams, checked: the library hands on whatever it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel, NonNegativeInt

from successor.llm.protocol import OnText

SHORTEST_KEY = 12
"""Characters of a key that is one: servers at home are given words such as EMPTY instead, and those
may well stand in an answer.
"""


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


def whole(text: str) -> str:
    """Text without lone surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Redacting:
    """Takes a key out of text that comes in pieces, before anybody is told of them."""

    def __init__(self, key: str, on_text: OnText | None = None) -> None:
        self._key = key if len(key) >= SHORTEST_KEY else ""
        self._on_text = on_text
        self._held = ""

    def __call__(self, piece: str) -> str:
        """What can be told by now; the beginning of a key is held back."""
        text = self.clean(self._held + piece)
        kept = next(
            (n for n in range(min(len(self._key), len(text)), 0, -1) if self._begins(text[-n:])), 0
        )
        return self._told(text[: len(text) - kept], text[len(text) - kept :])

    def rest(self) -> str:
        """What was held back and was no key."""
        return self._told(self._held, "")

    def clean(self, text: str) -> str:
        """All of a text, without the key."""
        return text.replace(self._key, "[key]") if self._key else text

    def _begins(self, end: str) -> bool:
        return self._key.startswith(end)

    def _told(self, text: str, held: str) -> str:
        self._held = held
        if text and self._on_text is not None:
            # In its turn in this loop, where what it raises is logged and spoils no answer.
            asyncio.get_running_loop().call_soon(self._on_text, whole(text))
        return text
