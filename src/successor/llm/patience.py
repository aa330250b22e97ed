"""How hard to try, and for how long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Of one model with its server."""

    concurrency: int = 8
    """Requests under way at once."""
    attempts: int = 5
    """In all, for each request."""
    timeout_s: float = 300.0
    """For an attempt, from the first byte sent to the last one received."""
    first_wait_s: float = 0.5
    """Before the second attempt; twice as much before each further one. Up to as much again
    is added by chance, so that many do not come back together.
    """
    longest_wait_s: float = 60.0
    """A server that asks for more is given up on."""
