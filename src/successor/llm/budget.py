"""A budget that stops before it is exceeded: every request reserves its worst case first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from uuid import uuid4

from successor import spending
from successor.llm.errors import BudgetError
from successor.llm.protocol import Usage


@dataclass(frozen=True)
class Limits:
    """What may be spent in all; None is no limit."""

    calls: int | None = None
    tokens: int | None = None
    """Of input and output together."""
    usd: Decimal | None = None


class Budget:
    """Shared by any number of models and threads; exact, since it counts under a lock.

    What is spent and the worst case of what is under way never exceed a limit together, as long
    as no provider counts more than the worst case that was reserved.
    """

    def __init__(self, limits: Limits, spent: Usage = Usage()) -> None:  # noqa: B008 - frozen
        self.limits = limits
        self._spent = spent
        self._reserved: dict[str, Usage] = {}
        self._lock = Lock()

    @property
    def spent(self) -> Usage:
        """So far; a request under way is not in it."""
        with self._lock:
            return self._spent

    def reserve(self, worst: Usage) -> str | None:
        """A ticket to settle by; None when it has to wait for requests under way, which may
        leave enough.

        Raises:
            BudgetError: when it would not fit even if they cost nothing.
        """
        with self._lock:
            if (over := self._over(self._spent + worst)) is not None:
                raise BudgetError(f"{over}; not sent")
            if self._over(sum(self._reserved.values(), self._spent + worst)) is not None:
                return None
            ticket = uuid4().hex
            self._reserved[ticket] = worst
            return ticket

    def settle(self, ticket: str, usage: Usage) -> None:
        """Count what a reserved request came to, and free the rest."""
        with self._lock:
            del self._reserved[ticket]
            self._spent += usage
        spending.count(usage.calls, usage.tokens, usage.usd, usage.unpriced_calls)

    def _over(self, total: Usage) -> str | None:
        """Which limit that much would exceed."""
        spent, limits = self._spent, self.limits
        if limits.calls is not None and total.calls > limits.calls:
            return f"the budget of {limits.calls} calls is spent"
        if limits.tokens is not None and total.tokens > limits.tokens:
            return (
                f"the budget of {limits.tokens} tokens has {limits.tokens - spent.tokens} left "
                f"and the request may need {total.tokens - spent.tokens}"
            )
        if limits.usd is not None and total.usd > limits.usd:
            return (
                f"the budget of ${limits.usd} has ${limits.usd - spent.usd:.4f} left "
                f"and the request may cost ${total.usd - spent.usd:.4f}"
            )
        return None
