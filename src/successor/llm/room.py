"""How much a model can be told and can say: a local one sees little, and reads slowly."""

from __future__ import annotations

import math

from successor.llm.local.tuning import Tuning
from successor.llm.providers import LOCAL

LONG = 8192
"""Tokens of an answer of a provider's model."""
_SHARE = 0.3
"""Of what a local model sees, that an answer may take; what was asked and a second try fit, too."""
_AROUND = 256
"""Tokens of an answer beside a program that was shown."""
_TOKEN = 2.0
"""Characters of a token of code, at least."""
_OPTIONAL = 3000
"""Characters that a local model is told beside what it has to know: half a minute of reading on
one core."""


def is_local(name: str) -> bool:
    """Whether a model's weights are on this machine."""
    return name.startswith(f"{LOCAL}:")


def longest_answer(name: str, shown: int | None = None) -> int:
    """Tokens that an answer of a model may have.

    Args:
        shown: characters of the program that is to be written anew. A small model that writes much
            more than that has lost its way, and on a slow machine each token counts.
    """
    if not is_local(name):
        return LONG
    most = int(_SHARE * Tuning().context)
    return most if shown is None else min(most, _AROUND + int(shown / _TOKEN))


def most_optional(name: str) -> float:
    """Characters that a prompt may have beside what has to be in it."""
    return _OPTIONAL if is_local(name) else math.inf
