"""What tokens cost: the user's own price, or the table of genai-prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from successor.llm.protocol import Request
from successor.llm.providers import Endpoint

MILLION = 1_000_000
MESSAGE_TOKENS = 32
"""More than a chat template puts around a message."""
TEMPLATE_TOKENS = 256
"""More than it puts before all of them."""
Cost = Callable[[int, int], Decimal]
"""Dollars for so many tokens of input and output."""


@dataclass(frozen=True)
class Price:
    """In dollars for a million tokens."""

    input_usd: Decimal
    output_usd: Decimal

    def __call__(self, input_tokens: int, output_tokens: int) -> Decimal:
        return (self.input_usd * input_tokens + self.output_usd * output_tokens) / MILLION


FREE = Price(Decimal(0), Decimal(0))


def cost_at(endpoint: Endpoint) -> Cost | None:
    """What the endpoint charges; None where nobody knows, as for a proxy."""
    provider = endpoint.provider
    if provider.prices is None:
        return FREE
    if not endpoint.is_default:
        return None
    from genai_prices import Usage, calc_price

    def cost(input_tokens: int, output_tokens: int) -> Decimal:
        usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
        return calc_price(usage, endpoint.model, provider_id=provider.prices).total_price

    try:
        cost(1, 1)
    except LookupError:
        return None
    return cost


def most_input_tokens(request: Request) -> int:
    """At most so many tokens does a request have: every token of a byte-level vocabulary, or of
    one that falls back to bytes, is at least one byte.
    """
    text = sum(len(message.text.encode()) for message in request.messages)
    return text + MESSAGE_TOKENS * len(request.messages) + TEMPLATE_TOKENS
