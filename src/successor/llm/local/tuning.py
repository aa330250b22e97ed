"""How weights are served on this machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tuning:
    """Of one local model."""

    slots: int = 8
    """Requests that run as one batch; more of them wait."""
    context: int = 4096
    """Tokens of prompt and answer together, of each slot."""
    threads: int = 0
    """0 is one for each core that nothing else uses."""
    start_s: float = 600.0
    """To read the weights."""
