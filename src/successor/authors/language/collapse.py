"""Whether a candidate collapsed: says one thing to everything, is sure of it, or cannot stop.

Training on one's own answers narrows a model (Shumailov et al. 2024); a verifier that looks only
at right and wrong does not see it. The bounds are far from what a good generation does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from successor.authors.language.learner import Attempt

DIVERSITY = 0.5
"""Least share of the incumbent's different answers, ..."""
ENTROPY = 0.05
"""... of its entropy, ..."""
ENDED = 0.5
"""... and of its answers that end by themselves."""
LENGTH = 8.0
"""Most times longer or shorter than its answers."""


@dataclass(frozen=True)
class Manner:
    """How a version answers."""

    diversity: float
    """Different answers among all, in (0, 1]."""
    entropy: float
    """Mean, in nats per token."""
    ended: float
    """Share that ended by itself."""
    length: float
    """Mean, in tokens."""


def manner(attempts: Sequence[Attempt]) -> Manner:
    """Of at least one attempt."""
    count = len(attempts)
    return Manner(
        len({" ".join(each.answer.split()) for each in attempts}) / count,
        sum(each.entropy for each in attempts) / count,
        sum(each.ended for each in attempts) / count,
        sum(len(each.tokens) for each in attempts) / count,
    )


def collapsed(now: Manner, before: Manner) -> str | None:
    """What gives it away, in a line; None when nothing does."""
    if now.diversity < DIVERSITY * before.diversity:
        told = f"{100 * now.diversity:.0f}% different answers, {100 * before.diversity:.0f}% before"
        return f"collapse of diversity: {told}"
    if now.entropy < ENTROPY * before.entropy:
        return f"collapse of entropy: {now.entropy:.3g} nats per token, {before.entropy:.3g} before"
    if now.ended < ENDED * before.ended:
        told = f"{100 * now.ended:.0f}% of the answers end, {100 * before.ended:.0f}% before"
        return f"collapse of endings: {told}"
    ratio = max(now.length, 1.0) / max(before.length, 1.0)
    if not 1.0 / LENGTH <= ratio <= LENGTH:
        told = f"{now.length:.0f} tokens per answer, {before.length:.0f} before"
        return f"collapse of length: {told}"
    return None
