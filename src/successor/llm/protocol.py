"""What there is to say to a language model, whoever runs it: the protocol of this room.

    with open_model("claude-sonnet-4-5", budget=Budget(Limits(usd=Decimal(2)))) as model:
        reply = model.complete(Request((Message("user", "Make this faster: ..."),)))

`open_model` in `successor.llm` knows the providers and the local models. Whatever a model says is
text that nobody vouches for: "APPROVED" in it approves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

from successor.llm.errors import LLMError

Role: TypeAlias = Literal["system", "user", "assistant"]
OnText: TypeAlias = Callable[[str], None]
"""Is given each piece of an answer as it comes, in a thread of the room; must not block."""


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True)
class Request:
    """A conversation to go on with. The same request to the same model is answered from the cache,
    if there is one: for another answer change `seed`.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 2048
    """Of the answer, what a model thinks included; at least 1. A budget reserves all of them."""
    temperature: float | None = None
    """At least 0; the provider's own where None, as some models take no other."""
    seed: int | None = None
    """Providers that know no seed get none; to the cache it is another request all the same."""
    stop: tuple[str, ...] = ()
    code: bool = False
    """Whether the answer is to be one block of Python and nothing else. A model of this machine is
    held to that: its answer begins inside the block and ends with it, and what it would have said
    around it costs no time. Of others the messages have to ask it.
    """


@dataclass(frozen=True)
class Usage:
    """What requests came to, as their providers count it, or at worst where they do not say."""

    calls: int = 0
    """HTTP requests sent, every attempt included."""
    input_tokens: int = 0
    output_tokens: int = 0
    usd: Decimal = Decimal(0)
    unpriced_calls: int = 0
    """Of the calls, those whose price nobody knows: they are not in `usd`."""

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.usd + other.usd,
            self.unpriced_calls + other.unpriced_calls,
        )


@dataclass(frozen=True)
class Reply:
    """A whole answer: never empty, never cut off by `max_tokens`."""

    text: str
    usage: Usage
    """What it cost now, failed attempts included: nothing when it came from the cache."""
    model: str
    """As the provider names what answered."""
    cached: bool = False


class LanguageModel(Protocol):
    """A model that can be asked, from any number of threads at once."""

    @property
    def name(self) -> str:
        """As the user wrote it."""
        ...

    def complete(self, request: Request, on_text: OnText | None = None) -> Reply:
        """The answer to one request.

        Raises:
            LLMError: one of its four kinds; nothing else but KeyboardInterrupt.
        """
        ...

    def complete_all(self, requests: Sequence[Request]) -> list[Reply | LLMError]:
        """The answers to all of them, asked at once as far as the concurrency allows, in their
        order; in place of an answer that failed, why.
        """
        ...

    def close(self) -> None:
        """Give up what is under way, and stop what was started."""
        ...
