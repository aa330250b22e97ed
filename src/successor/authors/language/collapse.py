"""Whether a candidate collapsed: says one thing to everything, is sure of it, or cannot stop.

Training on one's own answers narrows a model (Shumailov et al. 2024); a verifier that looks only
at right and wrong does not see it. The bounds are far from what a good generation does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from successor.authors.language.learner import Attempt

SAME, TIMES = 0.8, 2.0
"""Share of wrong answers that are one and the same, from which on a version says one thing to
everything, if it is so many times the incumbent's. Right ones may be alike: many questions have
the same answer."""
WRONG = 6
"""Wrong answers without which nobody can tell."""
ENTROPY = 0.05
"""Least share of the incumbent's entropy, ..."""
ENDED = 0.5
"""... and of its answers that end by themselves."""
LENGTH = 8.0
"""Most times longer or shorter than its answers."""


@dataclass(frozen=True)
class Manner:
    """How a version answers."""

    sameness: float
    """Share of the commonest among its wrong answers, in [0, 1]; 0 when there are too few."""
    entropy: float
    """Mean, in nats per token."""
    ended: float
    """Share that ended by itself."""
    length: float
    """Mean, in tokens."""


def manner(attempts: Sequence[Attempt]) -> Manner:
    """Of at least one attempt."""
    count = len(attempts)
    wrong = [" ".join(each.answer.split()) for each in attempts if not each.right]
    commonest = max(Counter(wrong).values(), default=0)
    return Manner(
        commonest / len(wrong) if len(wrong) >= WRONG else 0.0,
        sum(each.entropy for each in attempts) / count,
        sum(each.ended for each in attempts) / count,
        sum(len(each.tokens) for each in attempts) / count,
    )


def collapsed(now: Manner, before: Manner) -> str | None:
    """What gives it away, in a line; None when nothing does."""
    if now.sameness > max(SAME, TIMES * before.sameness):
        told = f"{100 * now.sameness:.0f}% of its wrong answers are one and the same"
        return f"collapse of diversity: {told}, {100 * before.sameness:.0f}% before"
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
